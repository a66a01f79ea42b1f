package genka.app;

import genka.catalog.ModelConfig;
import genka.kernel.VectorSupport;
import genka.train.GrpoBench;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Seconds of a GRPO step beside the machine's limit, measured in the same run. */
@Command(
        name = "grpo",
        header = "Seconds of a GRPO step, random weights: rollout, rewards, advantages, one update with AdamW.",
        synopsisHeading = "%nUsage: ",
        footer = {
            "",
            "Every answer has exactly as many tokens as allowed and rewards are drawn by chance, so that every",
            "answer learns: no step has less work than one whose answers end early or earn alike. Prompts are",
            "random.",
            "",
            "Examples:",
            "  ./genka bench grpo --config config.json",
            "  ./genka bench grpo --config config.json --prompts 16 --group 8 --prompt 10 --max-new 24 --json"
        })
final class BenchGrpoCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Option(names = "--config", required = true, paramLabel = "FILE", description = "A Hugging Face config.json.")
    Path config = Path.of("");

    @Option(names = "--prompts", paramLabel = "N", description = "Prompts a step, otherwise 8.")
    int prompts = 8;

    @Option(names = "--group", paramLabel = "N", description = "Answers to each, otherwise 8.")
    int group = 8;

    @Option(names = "--prompt", paramLabel = "N", description = "Tokens of a prompt, otherwise 16.")
    int prompt = 16;

    @Option(names = "--max-new", paramLabel = "N", description = "Tokens of an answer, otherwise 64.")
    int maxNew = 64;

    @Option(names = "--steps", paramLabel = "N", description = "Steps to time, otherwise 10.")
    int steps = 10;

    @Mixin
    ThreadsOption threads = new ThreadsOption();

    @Option(names = "--json", description = "Print the figures as one JSON object.")
    boolean json;

    @Mixin
    HelpOption help = new HelpOption();

    BenchGrpoCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        GrpoBench.Job job = new GrpoBench.Job(prompts, group, prompt, maxNew, steps);
        VectorWarning.print(terminal, VectorSupport.detect());
        GrpoBench.Report report = GrpoBench.run(ModelConfig.read(config), job, threads.count());
        if (json) {
            Json.print(terminal, report);
            return 0;
        }
        Table table = Table.of("", ">median", ">min", ">max");
        BenchRows.add(table, "seconds a step", report.secondsPerStep(), 4);
        BenchRows.add(table, "rollout, s", report.rolloutSeconds(), 4);
        BenchRows.add(table, "update, s", report.updateSeconds(), 4);
        BenchRows.add(table, "rollout tokens/s", report.rolloutTokensPerS(), 0);
        terminal.out().print(table.text("  ", terminal.style()));
        terminal.out().println(BenchRows.reached(report.achievedGflops(), report.peakGflops(), "GFLOP/s"));
        terminal.out().println(BenchRows.machine(report.threads(), report.species()));
        return 0;
    }
}
