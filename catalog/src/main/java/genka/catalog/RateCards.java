package genka.catalog;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The rate cards under facts/rates/, and any other file of the same shape. */
public final class RateCards {
    private static final FactsFolder FOLDER = new FactsFolder("rate card", "rates");

    private RateCards() {}

    /** The shipped card of that name (rent, own), or the card in the file when the name ends in .yaml. */
    public static RateCard named(String name) {
        return read(FOLDER.file(name));
    }

    /** Names of the shipped cards, sorted. */
    public static List<String> names() {
        return FOLDER.names();
    }

    /** The card in a file; all its problems are told at once. */
    public static RateCard read(Path file) {
        Problems problems = new Problems();
        Section top = Facts.open(file, problems);
        String name = FactsFolder.name(file);
        top.text("about", "");
        String machine = top.requiredText("machine", "the machine the numbers are for");
        RateCard card = switch (top.choice("basis", List.of("rent", "own"), Optional.empty())) {
            case "rent" -> new RateCard.Rent(name, machine, Facts.atLeast(top, "usd_per_machine_hour", 0));
            default ->
                new RateCard.Own(
                        name,
                        machine,
                        Facts.atLeast(top, "purchase_usd", 0),
                        Facts.atLeast(top, "life_years", 0.01),
                        Facts.atLeast(top, "watts", 0),
                        Facts.atLeast(top, "usd_per_kwh", 0),
                        Facts.atLeast(top, "pue", 1));
        };
        top.close();
        problems.throwIfAny();
        return card;
    }
}
