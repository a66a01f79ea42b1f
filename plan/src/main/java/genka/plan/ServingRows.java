package genka.plan;

import genka.catalog.Accelerator;
import genka.catalog.Accelerators;
import genka.catalog.Transformer;
import genka.units.GenkaException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Served requests as aiconfigurator publishes them: model, system, ranks, requests at once, and milliseconds between two tokens
 * (silicon_tpot_ms), which is what is predicted, and to the first (silicon_ttft_ms). Disaggregated rows are predicted when they say how many requests a decoding rank has.
 */
final class ServingRows {
    private static final double MILLI = 1e-3;
    private static final List<String> WANTED = List.of("model_path", "system", "isl", "osl", "batch_size", "tp_size");

    private final Accelerators accelerators = Accelerators.shipped();
    private final Transformers models = Transformers.shipped();

    static boolean holds(CsvTable table) {
        return table.columns().contains("silicon_tpot_ms");
    }

    MeasuredRows read(Path file, CsvTable table) {
        table.need(file, WANTED, "aiconfigurator");
        MeasuredRows rows = new MeasuredRows();
        for (CsvTable.Row row : table.rows()) {
            String id = "row:" + row.line();
            try {
                Values values = row.values();
                id = values.text("id").orElse(id);
                MeasuredRow token = row(id, values);
                rows.add(token);
                firstToken(token, values).ifPresent(rows::addFirstToken);
            } catch (GenkaException e) {
                rows.refuse(id, String.valueOf(e.getMessage()));
            }
        }
        return rows;
    }

    private MeasuredRow row(String id, Values row) {
        Transformer model = models.named(row.text("model_path").orElse("none"));
        String system = row.text("system").orElse("none");
        Accelerator accelerator = accelerators
                .find(system.replace('_', ' '))
                .orElseThrow(() -> GenkaException.user("system (" + system + ") is not in facts/accelerators.yaml"));
        boolean together = row.text("mode").orElse("agg").equals("agg");
        String prefix = together ? "" : "decode_";
        double batch = row.number(prefix + "batch_size")
                .filter(size -> size > 0)
                .orElseThrow(() -> GenkaException.user("no " + prefix + "batch_size: requests at once are not said"));
        if (!row.has(prefix + "tp_size")) {
            throw GenkaException.user("no " + prefix + "tp_size: tensor ranks are not said");
        }
        int tensor = ranks(row, prefix + "tp_size");
        int data = ranks(row, prefix + "attention_dp_size");
        int expert = ranks(row, prefix + "moe_ep_size");
        int split = ranks(row, prefix + "moe_tp_size");
        // some rows write the square of the ranks: 8 x 8 experts on 8 accelerators
        if (expert > 1 && split == expert && tensor == split * expert) {
            tensor = expert;
        }
        if (expert > 1 && split == expert && data == split * expert) {
            batch *= (double) data / expert;
            data = expert;
        }
        // or all ranks as tensor and as data ranks, and their square as expert ranks: they share experts only
        if (tensor > 1 && data == tensor && expert == tensor * data) {
            tensor = 1;
            expert = data;
        }
        if (Integer.bitCount(tensor) != 1) {
            throw GenkaException.user(
                    "tensor ranks (" + tensor + ") are no power of two: it counts all accelerators of the row");
        }
        double milliseconds = row.number("silicon_tpot_ms")
                .filter(time -> time > 0)
                .orElseThrow(() -> GenkaException.user("no silicon_tpot_ms"));
        Precision weights = precision(row);
        ServingJob job = new ServingJob(
                model,
                Cluster.of(accelerator, tensor * data),
                tensor,
                data,
                expert,
                batch * data,
                row.need("isl"),
                row.need("osl"),
                weights,
                together);
        String group = "serving/" + row.text("backend").orElse("engine") + "/" + accelerator.id()
                + (together ? "" : "/disaggregated");
        return new MeasuredRow(
                id,
                model.name(),
                group,
                row.text("backend_version").orElse(""),
                weights.word(),
                job,
                milliseconds,
                false,
                1 / MILLI,
                Tier.GIVEN);
    }

    /** Where prompts are read beside answers; elsewhere other ranks read them. */
    private static Optional<MeasuredRow> firstToken(MeasuredRow token, Values values) {
        if (!(token.task() instanceof ServingJob job) || !job.together()) {
            return Optional.empty();
        }
        return values.number("silicon_ttft_ms")
                .filter(time -> time > 0)
                .map(time -> new MeasuredRow(
                        token.id(),
                        token.model(),
                        token.cluster(),
                        token.release(),
                        token.precision(),
                        new FirstToken(job),
                        time,
                        false,
                        token.scale(),
                        token.tier()));
    }

    private static Precision precision(Values row) {
        for (String key : List.of("gemm_quant_mode", "moe_quant_mode", "precision")) {
            String said = row.text(key).orElse("");
            if (said.contains("int4")) {
                return Precision.FP4;
            }
            Optional<Precision> known = RowChecks.precision(key, said);
            if (known.isPresent()) {
                return known.get();
            }
        }
        return Precision.BF16;
    }

    /** None and 0 are one rank. */
    private static int ranks(Values row, String key) {
        return row.number(key).orElse(1.0) == 0 ? 1 : row.count(key).orElse(1);
    }
}
