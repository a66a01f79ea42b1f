package genka.app;

import genka.books.Ledger;
import genka.books.RunSummary;
import genka.report.Metrics;
import genka.train.Diagnostics;
import genka.train.Trouble;
import genka.units.Words;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** What ran and where it stands. */
@Command(
        name = "show",
        header = "What a run did and where it stands, with its curves.",
        synopsisHeading = "%nUsage: ",
        footer = {"", "Examples:", "  ./genka show", "  ./genka show 20261122-0801 --json"})
final class ShowCommand implements Callable<Integer> {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final int CURVE = 40;
    private final Terminal terminal;

    @Parameters(
            arity = "0..1",
            paramLabel = "RUN",
            defaultValue = "last",
            description = "A run: its name, the beginning of it, or last (which is what it is otherwise).")
    String run = "last";

    @Option(names = "--json", description = "Print it as one JSON object, with every point of the curves.")
    boolean json;

    @Mixin
    Home home = new Home();

    @Mixin
    HelpOption help = new HelpOption();

    /** What {@code --json} prints: seconds by use, curves by stage and figure. */
    record View(
            RunsCommand.Row run,
            String folder,
            Map<String, Double> secondsByUse,
            Map<String, Map<String, double[]>> curves,
            List<Map<String, Object>> troubles) {}

    ShowCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        RunSummary summary;
        try (Ledger ledger = Ledger.openToRead(home.path())) {
            summary = home.run(ledger, run);
        }
        Path folder = home.folder(summary);
        Metrics metrics = Metrics.read(folder.resolve("metrics.jsonl"));
        List<Trouble> troubles = Diagnostics.troubles(folder.resolve("metrics.jsonl"));
        if (json) {
            Json.print(
                    terminal,
                    new View(
                            RunsCommand.Row.of(summary),
                            folder.toString(),
                            uses(summary),
                            Curves.points(metrics),
                            troubles.stream().map(Trouble::json).toList()));
        } else {
            terminal.out().print(text(summary, folder, metrics, troubles));
        }
        return 0;
    }

    private String text(RunSummary summary, Path folder, Metrics metrics, List<Trouble> troubles) {
        Style style = terminal.style();
        StringBuilder text = new StringBuilder();
        text.append(style.bold(summary.id()))
                .append("  ")
                .append(RunsCommand.state(summary))
                .append("\n\n");
        Table facts = Table.of("", "")
                .row(
                        "recipe",
                        summary.run().recipeName() + ", seed " + summary.run().seed())
                .row(
                        "machine",
                        summary.run().machine().cores() + " cores, "
                                + summary.run().machine().cpu())
                .row("time", Words.duration(summary.wallNanos() / NANOS_PER_SECOND) + attempts(summary))
                .row("files", folder.toString());
        summary.run().continuedFrom().ifPresent(from -> facts.row("from", from));
        text.append(facts.text("  ", style)).append('\n');
        Table times = Table.of("time used for", ">", ">");
        uses(summary)
                .forEach((use, seconds) -> times.row(
                        use,
                        Words.duration(seconds),
                        Words.percent(seconds / Math.max(1e-9, summary.wallNanos() / NANOS_PER_SECOND))));
        text.append(times.text("  ", style)).append('\n');
        text.append(story(summary, folder, style));
        text.append(Curves.text(metrics, CURVE, style));
        troubles.forEach(trouble -> text.append(String.join("\n", TroubleView.lines(trouble, style)))
                .append('\n'));
        text.append(troubles.isEmpty() ? "" : "\n");
        text.append(next(summary, home.option())).append('\n');
        return text.toString();
    }

    /** The stages of a finished run, and its models. */
    private String story(RunSummary summary, Path folder, Style style) {
        JsonNode stages = Json.read(folder.resolve("result.json")).path("stages");
        if (stages.isEmpty()) {
            return "";
        }
        StoryTable story = new StoryTable(stages, Bills.of(home, summary.id(), Bills.RENT));
        return story.stages("  ", style) + "\n" + story.models("  ", style);
    }

    private static String attempts(RunSummary summary) {
        int count = summary.attempts().size();
        return count == 1 ? "" : " in " + count + " attempts";
    }

    private static String next(RunSummary summary, String home) {
        return switch (summary.state()) {
            case FINISHED -> "Ask it: ./genka ask " + summary.id() + " \"…\"" + home;
            case RUNNING -> "It is running.";
            case STOPPED, KILLED, FAILED -> "Go on with it: ./genka run --resume " + summary.id() + home;
        };
    }

    private static Map<String, Double> uses(RunSummary summary) {
        Map<String, Double> seconds = new LinkedHashMap<>();
        summary.nanosByUse()
                .forEach((use, nanos) ->
                        seconds.put(use.name().toLowerCase(Locale.ROOT).replace('_', '-'), nanos / NANOS_PER_SECOND));
        return seconds;
    }
}
