package genka.app;

import genka.units.GenkaException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs as a page to read and share. */
@Command(
        name = "report",
        header = "Write a run's page, or one with several runs side by side: one HTML file that needs no network.",
        synopsisHeading = "%nUsage: ",
        footer = {
            "",
            "Examples:",
            "  ./genka report --open",
            "  ./genka report 20261122-0801 --out story.html",
            "  ./genka report 20261122-0801 20261122-0822 20261122-0840"
        })
final class ReportCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(
            arity = "0..*",
            paramLabel = "RUN",
            description = "Runs: their names, the beginnings of them, or last (which is what it is otherwise).")
    List<String> runs = new ArrayList<>();

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description =
                    "Where to write the page. Otherwise report.html in the run's folder, or in that of the last of"
                            + " several runs comparison.html.")
    @Nullable
    Path out;

    @Option(names = "--open", description = "Open it in the browser.")
    boolean open;

    @Option(names = "--json", description = "Print where the page is as one JSON object.")
    boolean json;

    @Mixin
    Home home = new Home();

    @Mixin
    HelpOption help = new HelpOption();

    /** What {@code --json} prints. */
    record View(String report, List<String> runs) {}

    ReportCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if (out != null && out.toFile().isDirectory()) {
            throw GenkaException.user("--out (" + out + ") is a folder. Maybe " + out.resolve("report.html") + "?");
        }
        Reports.Written written = Reports.write(home, runs.isEmpty() ? List.of("last") : runs, out);
        if (json) {
            Json.print(terminal, new View(written.file().toString(), written.runs()));
        } else {
            terminal.out().println(written.file());
            terminal.out().flush();
        }
        if (open) {
            Browser.open(written.file().toUri());
        }
        return 0;
    }
}
