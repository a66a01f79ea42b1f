package genka.app;

import genka.model.ModelInspection;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What a model folder or a tensor file holds, after checking all of it. */
@Command(
        name = "inspect",
        header = "Validate a model folder or a safetensors file and say what it holds.",
        synopsisHeading = "%nUsage: ",
        footer = {
            "",
            "Examples:",
            "  ./genka inspect ~/.genka/runs/RUN/model",
            "  ./genka inspect DeepSeek-V3/model-00001-of-000163.safetensors --all"
        })
final class InspectCommand implements Callable<Integer> {
    private static final int FOLD_ABOVE = 40;
    private final Terminal terminal;

    @Parameters(arity = "1", paramLabel = "PATH", description = "A folder with config.json, or a .safetensors file.")
    Path path = Path.of("");

    @Option(names = "--all", description = "List every tensor, also where numbered ones could be told in one line.")
    boolean all;

    @Option(names = "--json", description = "Print it as one JSON object, every tensor in it.")
    boolean json;

    @Mixin
    HelpOption help = new HelpOption();

    /** What {@code --json} prints. */
    record View(
            String path,
            @Nullable Architecture model,
            int tensorCount,
            long storedValues,
            long storedBytes,
            List<Tensor> tensors) {}

    record Architecture(
            String architecture,
            String modelType,
            int layers,
            int hiddenSize,
            int vocabSize,
            int maxPositions,
            long parameters,
            long activeParameters,
            long mtpParameters,
            long cacheBytesPerToken) {
        static Architecture of(ModelInspection.Architecture a) {
            return new Architecture(
                    a.architecture(),
                    a.modelType(),
                    a.layers(),
                    a.hiddenSize(),
                    a.vocabSize(),
                    a.maxPositions(),
                    a.parameters().total(),
                    a.parameters().active(),
                    a.parameters().mtp(),
                    a.cacheBytesPerToken());
        }
    }

    record Tensor(String name, String dtype, List<Long> shape) {}

    InspectCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        ModelInspection found = ModelInspection.of(path);
        if (json) {
            Json.print(
                    terminal,
                    new View(
                            found.path(),
                            found.model().map(Architecture::of).orElse(null),
                            found.tensors().size(),
                            found.storedValues(),
                            found.storedBytes(),
                            found.tensors().stream()
                                    .map(t -> new Tensor(t.name(), t.dtype().name(), t.shape()))
                                    .toList()));
        } else {
            terminal.out().print(text(found));
        }
        return 0;
    }

    private String text(ModelInspection found) {
        Table facts = Table.of("", "");
        found.model().ifPresent(m -> {
            facts.row("architecture", m.architecture() + " (" + m.modelType() + ")");
            facts.row(
                    "shape",
                    m.layers() + " layers, width " + m.hiddenSize() + ", vocabulary " + m.vocabSize() + ", "
                            + m.maxPositions() + " positions");
            facts.row(
                    "parameters",
                    exact(m.parameters().total()) + " total, "
                            + exact(m.parameters().active()) + " active for a token"
                            + (m.parameters().mtp() > 0
                                    ? ", " + exact(m.parameters().mtp()) + " more for multi-token prediction"
                                    : ""));
            facts.row("cache", exact(m.cacheBytesPerToken()) + " bytes a token (BF16)");
        });
        facts.row(
                "stored",
                exact(found.storedValues()) + " values in " + found.tensors().size() + " tensors, "
                        + exact(found.storedBytes()) + " bytes");
        Table tensors = Table.of("tensor", "type", "shape", ">");
        boolean fold = !all && found.tensors().size() > FOLD_ABOVE;
        groups(found.tensors(), fold).forEach(group -> {
            ModelInspection.TensorLine first = group.getFirst();
            tensors.row(
                    group.size() > 1 ? pattern(first.name()) : first.name(),
                    first.dtype().name(),
                    first.shape().stream().map(String::valueOf).collect(Collectors.joining("×")),
                    group.size() > 1 ? "× " + group.size() : "");
        });
        return terminal.style().bold(found.path()) + "\n" + facts.text("  ", terminal.style()) + "\n"
                + tensors.text("  ", terminal.style());
    }

    /** Tensors that differ only in the numbers of their names, together; without {@code fold} each alone. */
    private static Collection<List<ModelInspection.TensorLine>> groups(
            List<ModelInspection.TensorLine> tensors, boolean fold) {
        Map<String, List<ModelInspection.TensorLine>> kinds = new LinkedHashMap<>();
        for (ModelInspection.TensorLine tensor : tensors) {
            String kind = fold ? pattern(tensor.name()) + tensor.dtype() + tensor.shape() : tensor.name();
            kinds.computeIfAbsent(kind, k -> new ArrayList<>()).add(tensor);
        }
        return kinds.values();
    }

    private static String pattern(String name) {
        return name.replaceAll("\\.\\d+(?=\\.|$)", ".*");
    }

    private static String exact(long number) {
        return String.format(java.util.Locale.ROOT, "%,d", number);
    }
}
