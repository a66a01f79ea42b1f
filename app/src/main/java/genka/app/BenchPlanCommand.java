package genka.app;

import genka.plan.SearchBench;
import genka.units.Words;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How fast the planner evaluates. */
@Command(
        name = "plan",
        header = "Configurations a second the planner evaluates on one core (about 3 seconds).",
        synopsisHeading = "%nUsage: ",
        footer = {"", "Examples:", "  ./genka bench plan", "  ./genka bench plan --json"})
final class BenchPlanCommand implements Callable<Integer> {
    private static final double SECONDS = 3;

    private final Terminal terminal;

    @Option(names = "--json", description = "Print the figures as one JSON object.")
    boolean json;

    @Mixin
    HelpOption help = new HelpOption();

    BenchPlanCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        SearchBench.Report report = SearchBench.run(SECONDS);
        if (json) {
            Json.print(terminal, report);
        } else {
            terminal.out()
                    .println("  " + Words.count(report.configsPerS())
                            + " configurations/s on one core: memory and step time of "
                            + report.model() + " on " + report.accelerators() + " accelerators, "
                            + report.configurations() + " different ones");
        }
        return 0;
    }
}
