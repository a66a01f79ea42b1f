package genka.app;

import genka.catalog.ModelConfig;
import genka.generate.DecodeBench;
import genka.kernel.VectorSupport;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Greedy decoding with the latent cache beside the machine's limits, measured in the same run. */
@Command(
        name = "decode",
        header = "Speed of greedy decoding, random weights, beside this machine's measured limits (about 10 seconds).",
        synopsisHeading = "%nUsage: ",
        footer = {
            "",
            "Tokens a second are those of the new tokens after the first: (time for all less time for one),",
            "prefill left out. One sequence reads every active weight for each token, so its limit is what",
            "this machine reads of as many bytes.",
            "",
            "Examples:",
            "  ./genka bench decode --config config.json",
            "  ./genka bench decode --config config.json --batch 64 --threads 2 --json"
        })
final class BenchDecodeCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Option(names = "--config", required = true, paramLabel = "FILE", description = "A Hugging Face config.json.")
    Path config = Path.of("");

    @Option(names = "--batch", paramLabel = "N", description = "Sequences at once, otherwise 1.")
    int batch = 1;

    @Option(names = "--prompt", paramLabel = "N", description = "Tokens of a prompt, otherwise 32.")
    int prompt = 32;

    @Option(names = "--new", paramLabel = "N", description = "New tokens a sequence, otherwise 64.")
    int newTokens = 64;

    @Option(names = "--repeats", paramLabel = "N", description = "Measurements, otherwise 5.")
    int repeats = 5;

    @Mixin
    ThreadsOption threads = new ThreadsOption();

    @Option(names = "--json", description = "Print the figures as one JSON object.")
    boolean json;

    @Mixin
    HelpOption help = new HelpOption();

    BenchDecodeCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        DecodeBench.Job job = new DecodeBench.Job(batch, prompt, newTokens, repeats);
        VectorWarning.print(terminal, VectorSupport.detect());
        DecodeBench.Report report = DecodeBench.run(ModelConfig.read(config), job, threads.count());
        if (json) {
            Json.print(terminal, report);
            return 0;
        }
        Table table = Table.of("", ">median", ">min", ">max");
        BenchRows.add(table, "tokens/s", report.tokensPerS(), 1);
        BenchRows.add(table, "tokens/s with prefill", report.endToEndTokensPerS(), 1);
        BenchRows.add(table, "first token, ms", report.firstTokenMs(), 2);
        terminal.out().print(table.text("  ", terminal.style()));
        terminal.out().println(BenchRows.reached(report.achievedGflops(), report.peakGflops(), "GFLOP/s"));
        if (report.gbPerS() != null && report.readGbPerS() != null) {
            terminal.out().println(BenchRows.reached(report.gbPerS(), report.readGbPerS(), "GB/s"));
        }
        terminal.out().println(BenchRows.machine(report.threads(), report.species()));
        return 0;
    }
}
