package genka.app;

import genka.books.Bill;
import genka.books.BillTerms;
import genka.books.Ledger;
import genka.books.RunSummary;
import genka.units.GenkaException;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/** What a run cost. */
@Command(
        name = "bill",
        header = "What a run cost: the headline figure beside the full one, line by line.",
        synopsisHeading = "%nUsage: ",
        footer = {
            "",
            "The headline counts the productive time of the final attempt at rent, the way DeepSeek-V3's",
            "$5.576M was counted. The full cost adds everything else that was spent on the way.",
            "",
            "Examples:",
            "  ./genka bill",
            "  ./genka bill last --rates own",
            "  ./genka bill last --people-hours 2 --usd-per-people-hour 80"
        })
final class BillCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(
            arity = "0..1",
            paramLabel = "RUN",
            defaultValue = "last",
            description = "A run: its name, the beginning of it, or last (which is what it is otherwise).")
    String run = "last";

    @Option(
            names = "--rates",
            paramLabel = "CARD",
            defaultValue = Bills.RENT,
            description = "A rate card of facts/rates (rent, own) or a .yaml file of yours. Otherwise rent.")
    String rates = Bills.RENT;

    @Option(names = "--people-hours", paramLabel = "H", description = "Hours people worked on it.")
    @Nullable
    BigDecimal peopleHours;

    @Option(names = "--usd-per-people-hour", paramLabel = "USD", description = "What such an hour costs.")
    @Nullable
    BigDecimal usdPerPeopleHour;

    @Option(names = "--json", description = "Print the bill as one JSON object.")
    boolean json;

    @Mixin
    Home home = new Home();

    @Mixin
    HelpOption help = new HelpOption();

    BillCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        BillTerms terms = BillTerms.named(rates).with(people());
        Bill bill = bill(terms);
        Optional<LocalPlans.Beside> predicted =
                LocalPlans.Beside.of(home.folder(bill.run()), bill.run().wallNanos() * 1e-9);
        if (json) {
            ObjectNode view = Json.mapper().valueToTree(bill.view());
            predicted.ifPresent(beside -> view.set("predicted", Json.mapper().valueToTree(beside)));
            Json.print(terminal, view);
        } else {
            terminal.out().print(BillScreen.whole(bill, terminal.style()));
            predicted.ifPresent(
                    beside -> terminal.out().print(beside.line(bill.run().state())));
        }
        return 0;
    }

    /** Hours and their price say something only together. */
    private BillTerms.People people() {
        if (peopleHours == null && usdPerPeopleHour == null) {
            return BillTerms.People.NONE;
        }
        if (peopleHours == null) {
            throw GenkaException.user("--usd-per-people-hour (" + usdPerPeopleHour
                    + ") changes nothing without --people-hours. Maybe --people-hours 2?");
        }
        if (usdPerPeopleHour == null) {
            throw GenkaException.user("--people-hours (" + peopleHours
                    + ") changes nothing without --usd-per-people-hour. Maybe --usd-per-people-hour 80?");
        }
        return new BillTerms.People(peopleHours, usdPerPeopleHour);
    }

    private Bill bill(BillTerms terms) {
        try (Ledger ledger = Ledger.openToRead(home.path())) {
            RunSummary summary = home.run(ledger, run);
            return Bill.of(summary, ledger.earlierExperiments(summary), terms);
        }
    }
}
