package genka.app;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A run as a page to read and share. */
@Command(
        name = "report",
        header = "Write a run's page: one HTML file that needs no network.",
        synopsisHeading = "%nUsage: ",
        footer = {"", "Examples:", "  ./genka report", "  ./genka report r1-zero-tiny-2026 --json"})
final class ReportCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(
            arity = "0..1",
            paramLabel = "RUN",
            defaultValue = "last",
            description = "A run: its name, the beginning of it, or last (which is what it is otherwise).")
    String run = "last";

    @Option(names = "--json", description = "Print where the page is as one JSON object.")
    boolean json;

    @Mixin
    Home home = new Home();

    @Mixin
    HelpOption help = new HelpOption();

    /** What {@code --json} prints. */
    record View(String report) {}

    ReportCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        Path file = Reports.write(home, run);
        if (json) {
            Json.print(terminal, new View(file.toString()));
        } else {
            terminal.out().println(file);
        }
        return 0;
    }
}
