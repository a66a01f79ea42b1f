package genka.plan;

import genka.catalog.Accelerators;
import genka.catalog.Transformer;
import genka.units.Fault;
import genka.units.GenkaException;
import genka.units.Words;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Rows of vTrain's CSV files (MICRO 2024; VIA-Research/vTrain): GPT shapes measured with Megatron-DeepSpeed on A100s. */
final class VtrainRows {
    private static final String SET = "vtrain";
    private static final List<String> WANTED = List.of(
            "# GPUs",
            "global batch",
            "micro batch",
            "hidden size",
            "attention heads",
            "# layers",
            "sequence length",
            "tensor parallelism",
            "data parallelism",
            "pipeline parallelism",
            "iteration time (ms)");

    private VtrainRows() {}

    static MeasuredRows read(Path file) {
        List<String> lines = lines(file);
        String[] heads = lines.getFirst().replace("\uFEFF", "").split(",", -1);
        for (String wanted : WANTED) {
            if (!List.of(heads).contains(wanted)) {
                throw GenkaException.user(file + " has no column (" + wanted + "). Maybe it is no CSV of vTrain?");
            }
        }
        MeasuredRows rows = new MeasuredRows();
        Stacks.Usage usage = Stacks.shipped().of(SET);
        Accelerators accelerators = Accelerators.shipped();
        String stem = String.valueOf(file.getFileName()).replaceFirst("\\.csv$", "");
        for (int i = 1; i < lines.size(); i++) {
            String id = stem + ":" + (i + 1);
            String[] cells = lines.get(i).split(",", -1);
            Map<String, Object> row = new HashMap<>();
            for (int j = 0; j < Math.min(cells.length, heads.length); j++) {
                row.put(heads[j], cells[j]);
            }
            try {
                rows.add(row(id, new Values(row), usage, accelerators));
            } catch (GenkaException e) {
                rows.refuse(id, String.valueOf(e.getMessage()));
            }
        }
        return rows;
    }

    private static List<String> lines(Path file) {
        try {
            List<String> lines = new ArrayList<>(Files.readAllLines(file, StandardCharsets.UTF_8));
            lines.removeIf(String::isBlank);
            if (!lines.isEmpty()) {
                return lines;
            }
        } catch (IOException e) {
            throw new GenkaException(Fault.USER, file + " cannot be read: " + Words.reason(e), e);
        }
        throw GenkaException.user(file + " is empty. Maybe restore it");
    }

    private static MeasuredRow row(String id, Values row, Stacks.Usage usage, Accelerators accelerators) {
        int hidden = need(row, "hidden size");
        int layers = need(row, "# layers");
        int heads = need(row, "attention heads");
        int tensor = need(row, "tensor parallelism");
        int pipeline = need(row, "pipeline parallelism");
        int data = need(row, "data parallelism");
        int accelerator = need(row, "# GPUs");
        if (tensor * pipeline * data != accelerator) {
            throw GenkaException.user("tensor x data x pipeline (" + tensor * pipeline * data
                    + ") is not the number of GPUs (" + accelerator + ")");
        }
        double milliseconds = row.number("iteration time (ms)")
                .filter(time -> time > 0)
                .orElseThrow(() -> GenkaException.user("no iteration time"));
        Transformer model = gpt(hidden, layers, heads, usage.vocab());
        Strategy strategy = new Strategy(
                tensor,
                pipeline,
                1,
                1,
                data,
                1,
                need(row, "micro batch"),
                usage.zeroStage(),
                usage.recompute(),
                usage.schedule(),
                usage.sequenceParallel(),
                usage.precision());
        Job job = new Job(
                model,
                Cluster.of(accelerators.named("A100 SXM 80GB"), accelerator),
                strategy,
                usage.stack(),
                need(row, "sequence length"),
                need(row, "global batch"));
        String cluster = SET + (accelerator > job.cluster().domain() ? "/nodes" : "/one-node");
        return new MeasuredRow(id, model.name(), cluster, "", "fp16", job, milliseconds / 1e3, false, 1, Tier.GIVEN);
    }

    /** A decoder as GPT-3 has it: as many keys as queries, two matrices of four times the width. */
    static Transformer gpt(int hidden, int layers, int heads, int vocab) {
        return new Transformer(
                "GPT h" + hidden + " L" + layers + " a" + heads,
                hidden,
                vocab,
                true,
                Transformer.Attention.grouped(heads, heads, Math.max(1, hidden / heads)),
                layers,
                0,
                0,
                layers,
                4 * hidden,
                false,
                Transformer.Experts.NONE,
                0,
                0,
                0,
                0,
                Transformer.Extras.norms(hidden),
                true);
    }

    private static int need(Values row, String key) {
        return row.whole(key)
                .filter(value -> value > 0)
                .orElseThrow(() -> GenkaException.user(key + " is missing or not a positive number"));
    }
}
