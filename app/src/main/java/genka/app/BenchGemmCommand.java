package genka.app;

import genka.kernel.GemmBench;
import genka.kernel.VectorSupport;
import genka.units.Words;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Matrix products beside the peak of fused multiply-adds, both measured in the same run. */
@Command(
        name = "gemm",
        header = "Speed of float matrix products beside this machine's measured peak (about 20 seconds).",
        synopsisHeading = "%nUsage: ",
        footer = {
            "",
            "NN is C = A B, NT is C = A Bᵀ, TN is C = Aᵀ B (gradients of weights), packed is",
            "C = A B with B packed before, as training has its weights. × 1 thread is the speed as",
            "a multiple of that on one thread; 65 / 64 the time with 65 instead of 64 in m, n or k.",
            "",
            "Examples:",
            "  ./genka bench gemm",
            "  ./genka bench gemm --threads 1 --json"
        })
final class BenchGemmCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    ThreadsOption threads = new ThreadsOption();

    @Option(names = "--json", description = "Print the figures as one JSON object.")
    boolean json;

    @Mixin
    HelpOption help = new HelpOption();

    BenchGemmCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        VectorWarning.print(terminal, VectorSupport.detect());
        GemmBench.Report report = GemmBench.run(threads.count());
        if (json) {
            Json.print(terminal, report);
            return 0;
        }
        terminal.out()
                .println("peak " + Words.decimal(report.peakGflops(), 1) + " GFLOP/s on "
                        + BenchRows.machine(report.threads(), report.species()));
        terminal.out().print(products(report).text("  ", terminal.style()));
        terminal.out().print(tails(report).text("  ", terminal.style()));
        return 0;
    }

    private static Table products(GemmBench.Report report) {
        Table table = Table.of(">m", ">n", ">k", "layout", ">GFLOP/s", ">of peak", ">× 1 thread");
        for (GemmBench.Row row : report.rows()) {
            table.row(
                    Integer.toString(row.m()),
                    Integer.toString(row.n()),
                    Integer.toString(row.k()),
                    row.layout(),
                    Words.decimal(row.gflops(), 1),
                    Words.percent(row.peakShare()),
                    Words.decimal(row.threadsRatio(), 2));
        }
        return table;
    }

    private static Table tails(GemmBench.Report report) {
        Table table = Table.of("65 / 64 in", "layout", ">time");
        for (GemmBench.Tail tail : report.tails()) {
            table.row(tail.dimension(), tail.layout(), "× " + Words.decimal(tail.timeRatio(), 2));
        }
        return table;
    }
}
