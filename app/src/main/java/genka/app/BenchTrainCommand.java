package genka.app;

import genka.kernel.VectorSupport;
import genka.train.TrainBench;
import genka.units.DataSize;
import genka.units.Words;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A training step beside the peak of fused multiply-adds, both measured in the same run. */
@Command(
        name = "train",
        header = "Speed of a training step beside this machine's measured peak.",
        synopsisHeading = "%nUsage: ",
        footer = {
            "",
            "A step is forward, loss, backward, clipping and AdamW on random weights and tokens.",
            "",
            "Examples:",
            "  ./genka bench train --config DeepSeek-V2-Lite/config.json --batch 1 --seq 128",
            "  ./genka bench train --config tiny.json --batch 64 --seq 64 --threads 2 --json"
        })
final class BenchTrainCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Option(names = "--config", required = true, paramLabel = "FILE", description = "A model's config.json.")
    Path config = Path.of("");

    @Option(names = "--batch", required = true, paramLabel = "B", description = "Sequences a step.")
    int batch;

    @Option(names = "--seq", required = true, paramLabel = "T", description = "Tokens a sequence.")
    int length;

    @Mixin
    ThreadsOption threads = new ThreadsOption();

    @Option(names = "--seconds", paramLabel = "S", description = "How long to measure after the warm-up. Otherwise 10.")
    double seconds = 10;

    @Option(names = "--json", description = "Print the figures as one JSON object.")
    boolean json;

    @Mixin
    HelpOption help = new HelpOption();

    BenchTrainCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        VectorWarning.print(terminal, VectorSupport.detect());
        TrainBench.Report report = TrainBench.run(
                new TrainBench.Request(config, batch, length, threads.count(), seconds),
                line -> terminal.err().println(line));
        if (json) {
            Json.print(terminal, report);
        } else {
            terminal.out().print(text(report));
        }
        return 0;
    }

    private String text(TrainBench.Report report) {
        return Table.of("", "")
                .row(
                        "speed",
                        Words.count(report.tokensPerS()) + " tokens/s (" + Words.count(report.tokensPerSMin()) + " to "
                                + Words.count(report.tokensPerSMax()) + "), "
                                + Words.decimal(1e3 * report.secondsPerStep(), 2) + " ms a step")
                .row(
                        "of the peak",
                        Words.percent(report.shareOfPeak()) + ": " + Words.decimal(report.achievedGflops(), 1) + " of "
                                + Words.decimal(report.peakGflops(), 1) + " GFLOP/s on " + report.threads()
                                + (report.threads() == 1 ? " thread, " : " threads, ") + report.species())
                .row(
                        "memory",
                        bytes(report.measuredBytes()) + " used, " + bytes(report.formulaBytes())
                                + " by the formula, process grew by " + bytes(report.residentBytes()))
                .text("  ", terminal.style());
    }

    private static String bytes(long bytes) {
        return bytes < 0 ? "–" : DataSize.ofBytes(bytes).toString();
    }
}
