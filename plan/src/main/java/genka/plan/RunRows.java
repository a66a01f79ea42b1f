package genka.plan;

import genka.catalog.Accelerator;
import genka.catalog.Accelerators;
import genka.plan.MeasuredRow.Tier;
import genka.plan.Strategy.Recompute;
import genka.units.GenkaException;
import java.util.Locale;

/**
 * Published training runs: accelerator-hours for so many tokens. A run rarely says how it was spread; then the fastest strategy that
 * fits is taken, and the tier is "assumed". Hours of a whole run include what was lost on the way, which the cluster's factor carries.
 */
final class RunRows {
    private static final int USUAL_COUNT = 512;
    private static final int USUAL_SEQUENCE = 4096;
    private static final double USUAL_BATCH_TOKENS = 4e6;
    private static final double SECONDS = 3600;

    private final Accelerators accelerators = Accelerators.shipped();
    private final Transformers models = Transformers.shipped();
    private final Search search = new Search(Calibration.prior());

    MeasuredRows read(Values top) {
        MeasuredRows rows = new MeasuredRows();
        int number = 0;
        for (Values run : top.list("runs")) {
            number++;
            String id = run.text("id").orElse("run:" + number);
            try {
                rows.add(row(id, run));
            } catch (GenkaException e) {
                rows.refuse(id, String.valueOf(e.getMessage()));
            }
        }
        return rows;
    }

    private MeasuredRow row(String id, Values run) {
        Values target = run.section("target");
        double hours = target.number("gpu_hours")
                .orElseThrow(() -> GenkaException.user("no target.gpu_hours: nothing to compare with"));
        double tokens = target.number("tokens").orElseThrow(() -> GenkaException.user("no target.tokens"));
        Transformer model = model(id, run.section("architecture"));
        Values training = run.section("training");
        Values hardware = run.section("hardware");
        Accelerator accelerator = accelerators
                .find(hardware.text("accelerator").orElse(""))
                .orElseThrow(() -> GenkaException.user("accelerator ("
                        + hardware.text("accelerator").orElse("none") + ") is not in facts/accelerators.yaml"));
        int sequence = training.whole("seq_len").orElse(USUAL_SEQUENCE);
        Precision precision =
                Precision.read(training.text("precision").orElse("")).orElse(Precision.BF16);
        int count = hardware.whole("count").orElse(usualCount(model));
        long batch = batch(training, sequence);
        Cluster cluster = Cluster.of(accelerator, count);
        Stack stack = stack(run.whole("year").orElse(2024));
        Job job = job(run, model, cluster, stack, precision, sequence, batch);
        double steps = tokens / job.tokensPerStep();
        return new MeasuredRow(
                id,
                id,
                accelerator.id(),
                precision.name().toLowerCase(Locale.ROOT),
                job,
                hours,
                false,
                steps * count / SECONDS,
                Tier.ASSUMED);
    }

    private Transformer model(String id, Values shape) {
        if (shape.has("n_layers") && shape.has("d_model")) {
            return models.find(id).orElseGet(() -> TransformerConfig.read(id, huggingFace(shape)));
        }
        return models.find(id)
                .or(() -> shape.number("active_params", "total_params")
                        .map(size -> Transformers.inferred(id, size, 64000)))
                .orElseThrow(() -> GenkaException.user("neither a shape nor a number of parameters"));
    }

    /** The keys of runs.yaml under their names of config.json. */
    private static Values huggingFace(Values shape) {
        java.util.Map<String, Object> keys = new java.util.HashMap<>();
        java.util.Map<String, String> names = java.util.Map.of(
                "d_model", "hidden_size",
                "n_layers", "num_hidden_layers",
                "n_heads", "num_attention_heads",
                "n_kv_heads", "num_key_value_heads",
                "head_dim", "head_dim",
                "ffn_size", "intermediate_size",
                "vocab_size", "vocab_size");
        names.forEach((from, to) -> shape.whole(from).ifPresent(value -> keys.put(to, value)));
        keys.putIfAbsent("vocab_size", 64000);
        shape.truth("gated_mlp").ifPresent(value -> keys.put("gated", value));
        Values moe = shape.section("moe");
        java.util.Map<String, String> routed = java.util.Map.of(
                "n_routed_experts", "n_routed_experts",
                "top_k", "num_experts_per_tok",
                "n_shared", "n_shared_experts",
                "moe_intermediate", "moe_intermediate_size",
                "n_dense_layers", "first_k_dense_replace");
        routed.forEach((from, to) -> moe.whole(from).ifPresent(value -> keys.put(to, value)));
        shape.section("mla").entries().forEach((key, value) -> keys.put(String.valueOf(key), value));
        return new Values(keys);
    }

    /** Enough for a month on a trillion tokens, as published runs have it: a power of two between 64 and 4,096. */
    private static int usualCount(Transformer model) {
        double wanted = USUAL_COUNT * model.activeParameters() / 7e9;
        return Math.clamp(Long.highestOneBit((long) wanted), 64, 2048);
    }

    private static long batch(Values training, int sequence) {
        double tokens = training.number("global_batch_tokens").orElse(USUAL_BATCH_TOKENS);
        long sequences = Math.round(training.number("global_batch_seqs").orElse(tokens / sequence));
        return Math.max(1, sequences);
    }

    /** Frameworks before 2023 kept attention scores in memory and reduced gradients after the backward pass. */
    private static Stack stack(int year) {
        return year >= 2023
                ? new Stack("whole run", "runs", true, true, true, true, true, 4, false)
                : new Stack("whole run before 2023", "runs", false, false, false, false, false, 2, false);
    }

    private Job job(
            Values run,
            Transformer model,
            Cluster cluster,
            Stack stack,
            Precision precision,
            int sequence,
            long batch) {
        Values spread = run.section("parallelism");
        int count = cluster.accelerators();
        if (spread.has("tp") || spread.has("pp")) {
            int tensor = spread.whole("tp").orElse(1);
            int pipeline = spread.whole("pp").orElse(1);
            if (count % (tensor * pipeline) == 0) {
                int expert = Math.min(spread.whole("ep").orElse(1), count / pipeline);
                Strategy said = new Strategy(
                        tensor,
                        pipeline,
                        1,
                        1,
                        count / (tensor * pipeline),
                        expert,
                        1,
                        1,
                        stack.fusedAttention() ? Recompute.NONE : Recompute.FULL,
                        pipeline > 1 && expert > 1 ? Schedule.DUALPIPE : Schedule.ONE_F_ONE_B,
                        tensor > 1 && stack.fusedAttention(),
                        precision);
                return new Job(model, cluster, said, stack, sequence, batch);
            }
        }
        return search.fastest(Workload.of(model, cluster, stack, precision, sequence, batch))
                .or(() ->
                        search.fastest(Workload.of(model, cluster, stack, precision, sequence, Math.max(batch, count))))
                .orElseThrow(() -> GenkaException.user(
                        "no strategy fits on " + count + " " + cluster.name() + " with a batch of " + batch))
                .job();
    }
}
