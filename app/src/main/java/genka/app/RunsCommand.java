package genka.app;

import genka.books.Ledger;
import genka.books.RunSummary;
import genka.units.Words;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** All runs, newest first. */
@Command(
        name = "runs",
        header = "All runs, newest first.",
        synopsisHeading = "%nUsage: ",
        footer = {"", "Examples:", "  ./genka runs", "  ./genka runs --json"})
final class RunsCommand implements Callable<Integer> {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final DateTimeFormatter MINUTE =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT).withZone(ZoneId.systemDefault());
    private final Terminal terminal;

    @Option(names = "--json", description = "Print them as one JSON object.")
    boolean json;

    @Mixin
    Home home = new Home();

    @Mixin
    HelpOption help = new HelpOption();

    /** What {@code --json} prints. */
    record Listing(List<Row> runs) {}

    record Row(String run, String recipe, String state, long seed, String createdAt, int attempts, double wallS) {
        static Row of(RunSummary run) {
            return new Row(
                    run.id(),
                    run.run().recipeName(),
                    RunsCommand.state(run),
                    run.run().seed(),
                    run.run().createdAt().toString(),
                    run.attempts().size(),
                    run.wallNanos() / NANOS_PER_SECOND);
        }
    }

    RunsCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    static String state(RunSummary run) {
        return run.state().name().toLowerCase(Locale.ROOT);
    }

    @Override
    public Integer call() {
        List<RunSummary> runs;
        try (Ledger ledger = Ledger.openToRead(home.path())) {
            runs = ledger.runs();
        }
        if (json) {
            Json.print(terminal, new Listing(runs.stream().map(Row::of).toList()));
        } else if (runs.isEmpty()) {
            terminal.out()
                    .println("No run in " + home.path()
                            + " yet. Maybe start with ./genka run recipes/r1-zero-tiny.yaml");
        } else {
            Table table = Table.of("run", "recipe", "state", ">seed", "began", ">took", ">attempts");
            for (RunSummary run : runs) {
                table.row(
                        run.id(),
                        run.run().recipeName(),
                        state(run),
                        Long.toString(run.run().seed()),
                        MINUTE.format(run.run().createdAt()),
                        Words.duration(run.wallNanos() / NANOS_PER_SECOND),
                        Integer.toString(run.attempts().size()));
            }
            terminal.out().print(table.text("", terminal.style()));
        }
        return 0;
    }
}
