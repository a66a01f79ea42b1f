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
        Ranks ranks = Ranks.of(row, prefix);
        if (Integer.bitCount(ranks.tensor()) != 1) {
            throw GenkaException.user(
                    "tensor ranks (" + ranks.tensor() + ") are no power of two: it counts all accelerators of the row");
        }
        double milliseconds = row.number("silicon_tpot_ms")
                .filter(time -> time > 0)
                .orElseThrow(() -> GenkaException.user("no silicon_tpot_ms"));
        Precision weights = precision(row);
        ServingJob job = new ServingJob(
                model,
                Cluster.of(accelerator, ranks.tensor() * ranks.data()),
                ranks.tensor(),
                ranks.data(),
                ranks.expert(),
                batch * ranks.batches(),
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

    /**
     * How a row is spread.
     *
     * @param batches of the size that the row says, over all ranks
     */
    private record Ranks(int tensor, int data, int expert, int batches) {
        static Ranks of(Values row, String prefix) {
            int tensor = count(row, prefix + "tp_size");
            int data = count(row, prefix + "attention_dp_size");
            int expert = count(row, prefix + "moe_ep_size");
            int split = count(row, prefix + "moe_tp_size");
            int experts = split * expert;
            if (!row.has(prefix + "attention_dp_size")) {
                // experts lie on all ranks, so what attention's tensor ranks leave of them are data ranks
                int spread = experts > tensor && experts % tensor == 0 ? experts / tensor : 1;
                return new Ranks(tensor, spread, expert, spread);
            }
            // some rows write the square of the ranks: 8 x 8 experts on 8 accelerators
            boolean square = expert > 1 && split == expert;
            if (square && tensor == experts) {
                return new Ranks(expert, data, expert, data);
            }
            if (square && data == experts) {
                return new Ranks(tensor, expert, expert, data);
            }
            // or tensor ranks once more as data ranks, where experts are held whole: the engine was started without
            // data ranks
            if (tensor > 1 && data == tensor && expert == tensor * data) {
                return new Ranks(tensor, 1, tensor, data);
            }
            return new Ranks(tensor, data, expert, data);
        }

        /** None and 0 are one rank. */
        private static int count(Values row, String key) {
            return row.number(key).orElse(1.0) == 0 ? 1 : row.count(key).orElse(1);
        }
    }
}
