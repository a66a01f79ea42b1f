package genka.plan;

import genka.catalog.Accelerators;
import genka.catalog.Transformer;
import genka.units.GenkaException;
import java.nio.file.Path;
import java.util.List;

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

    static MeasuredRows read(Path file, CsvTable table) {
        table.need(file, WANTED, "vTrain");
        MeasuredRows rows = new MeasuredRows();
        Stacks.Usage usage = Stacks.shipped().of(SET);
        Accelerators accelerators = Accelerators.shipped();
        String stem = String.valueOf(file.getFileName()).replaceFirst("\\.csv(\\.gz)?$", "");
        for (CsvTable.Row row : table.rows()) {
            String id = stem + ":" + row.line();
            try {
                rows.add(row(id, row.values(), usage, accelerators));
            } catch (GenkaException e) {
                rows.refuse(id, String.valueOf(e.getMessage()));
            }
        }
        return rows;
    }

    private static MeasuredRow row(String id, Values row, Stacks.Usage usage, Accelerators accelerators) {
        int hidden = row.need("hidden size");
        int layers = row.need("# layers");
        int heads = row.need("attention heads");
        int tensor = row.need("tensor parallelism");
        int pipeline = row.need("pipeline parallelism");
        int data = row.need("data parallelism");
        int accelerator = row.need("# GPUs");
        long ranks = Strategy.ranks(tensor, pipeline, data);
        if (ranks != accelerator) {
            throw GenkaException.user(
                    "tensor x data x pipeline (" + ranks + ") is not the number of GPUs (" + accelerator + ")");
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
                row.need("micro batch"),
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
                row.need("sequence length"),
                row.need("global batch"));
        String cluster = SET + (accelerator > job.cluster().domain() ? "/nodes" : "/one-node");
        return new MeasuredRow(id, model.name(), cluster, "", "fp16", job, milliseconds / 1e3, false, 1, Tier.GIVEN);
    }

    /** A decoder as GPT-3 has it: as many keys as queries, two matrices of four times the width. */
    static Transformer gpt(int hidden, int layers, int heads, int vocab) {
        if (hidden % heads != 0) {
            throw GenkaException.user("width (" + hidden + ") is no multiple of the attention heads (" + heads + ")");
        }
        return new Transformer(
                "GPT h" + hidden + " L" + layers + " a" + heads,
                hidden,
                vocab,
                true,
                Transformer.Attention.grouped(heads, heads, hidden / heads),
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
}
