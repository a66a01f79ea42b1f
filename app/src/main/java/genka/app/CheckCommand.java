package genka.app;

import genka.kernel.Gemm;
import genka.kernel.ThreadTeam;
import genka.model.ParityCheck;
import genka.model.ParityReport;
import genka.units.Fault;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Compares a model with what a reference implementation computed. */
@Command(
        name = "check",
        header = "Compare a model with a reference file, tensor by tensor.",
        synopsisHeading = "%nUsage: ",
        footer = {
            "",
            "The reference holds input_ids and any of logits, loss, hidden.*, routing.*, grad.*, mtp.*,",
            "greedy_ids. Exit code 2 when a tensor is over its tolerance.",
            "",
            "Examples:",
            "  ./genka check models/v3 --against models/v3/expected.safetensors",
            "  ./genka check models/v3 --against models/v3/expected.safetensors --tolerance 1e-4 --json"
        })
final class CheckCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(arity = "1", paramLabel = "MODEL_DIR", description = "A folder with config.json and safetensors.")
    Path modelDir = Path.of("");

    @Option(
            names = "--against",
            required = true,
            paramLabel = "FILE",
            description = "What a reference implementation computed: a .safetensors file.")
    Path against = Path.of("");

    @Option(
            names = "--tolerance",
            paramLabel = "X",
            description = "Instead of all factors of docs/model-files.md, or of the meta.json beside the reference.")
    @Nullable
    Double tolerance;

    @Option(
            names = "--config",
            paramLabel = "NAME",
            description = "The configuration file in MODEL_DIR. Otherwise config.json.")
    String config = "config.json";

    @Mixin
    ThreadsOption threads = new ThreadsOption();

    @Option(names = "--json", description = "Print the comparison as one JSON object.")
    boolean json;

    @Mixin
    HelpOption help = new HelpOption();

    /** What {@code --json} prints; a difference that is not a number is null. */
    record View(String model, String reference, boolean pass, List<Line> tensors, List<String> notCompared) {}

    record Line(String tensor, double difference, double tolerance, boolean pass) {}

    CheckCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        ParityReport report;
        try (ThreadTeam team = new ThreadTeam(threads.count())) {
            report = ParityCheck.of(
                    modelDir,
                    against,
                    config,
                    tolerance == null ? OptionalDouble.empty() : OptionalDouble.of(tolerance),
                    new Gemm(team));
        }
        if (json) {
            Json.print(terminal, view(report));
        } else {
            terminal.out().print(text(report));
        }
        return report.pass() ? 0 : Fault.USER.exitCode();
    }

    private static View view(ParityReport report) {
        List<Line> tensors = report.lines().stream()
                .map(l -> new Line(l.tensor(), l.difference(), l.tolerance(), l.pass()))
                .toList();
        return new View(report.model(), report.reference(), report.pass(), tensors, report.notCompared());
    }

    private String text(ParityReport report) {
        Style style = terminal.style();
        Table table = Table.of("tensor", ">largest difference", ">tolerance", "");
        for (ParityReport.Line line : report.lines()) {
            table.row(
                    line.tensor(),
                    scientific(line.difference()),
                    scientific(line.tolerance()),
                    line.pass() ? "" : "over");
        }
        long over = report.lines().stream().filter(line -> !line.pass()).count();
        String verdict = over == 0
                ? style.good("equal within tolerance: " + report.lines().size() + " tensors")
                : style.warn(over + " of " + report.lines().size() + " tensors are over their tolerance");
        String left =
                report.notCompared().isEmpty() ? "" : "not compared: " + String.join(", ", report.notCompared()) + "\n";
        return table.text("  ", style) + left + verdict + "\n";
    }

    private static String scientific(double value) {
        return value == 0 ? "0" : Double.isNaN(value) ? "not a number" : String.format(Locale.ROOT, "%.2e", value);
    }
}
