package genka.plan;

import genka.catalog.Accelerator;
import genka.catalog.Accelerators;
import genka.catalog.Transformer;
import genka.units.GenkaException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Published training runs: accelerator-hours for so many tokens. A run rarely says how it was spread; then the fastest strategy that
 * fits is taken, and the tier is "assumed". Hours of a whole run include what was lost on the way, which the cluster's factor carries.
 */
final class RunRows {
    private static final int USUAL_COUNT = 512;
    private static final int USUAL_SEQUENCE = 4096;
    private static final double USUAL_BATCH_TOKENS = 4e6;
    /** Large runs whose batch is known have about so many tokens for each accelerator at least (Llama 3: 16 M on 16,384). */
    private static final double TOKENS_EACH = 1000;
    /** Accelerators come in nodes, and are used in numbers that ranks divide. */
    private static final int EVEN = 64;

    private static final double SECONDS = 3600;

    private static final Pattern NARROW_MOMENTS =
            Pattern.compile("(bf16|16-bit)[^;,]{0,12} moments", Pattern.CASE_INSENSITIVE);

    private static final List<String> RUN =
            RowChecks.words("id organisation year kind architecture training hardware parallelism target reported "
                    + "derived stages source evidence quality split recalled_fields note notes date url");
    private static final List<String> ARCHITECTURE =
            RowChecks.words("total_params active_params n_layers d_model n_heads n_kv_heads head_dim ffn_size "
                    + "gated_mlp vocab_size moe mla note notes");
    private static final List<String> MOE =
            List.of("n_routed_experts", "top_k", "n_shared", "moe_intermediate", "n_dense_layers", "note", "notes");
    /** Sections and what each may say. */
    private static final Map<String, List<String>> SECTIONS = Map.of(
            "architecture", ARCHITECTURE,
            "training", RowChecks.words("tokens global_batch_tokens global_batch_seqs seq_len precision note notes"),
            "hardware", List.of("accelerator", "count", "note", "notes"),
            "parallelism", RowChecks.words("tp pp ep dp note notes"),
            "target", RowChecks.words("gpu_hours tokens basis scope tokens_per_s_per_gpu note notes"));

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
                RowChecks.keys(run, RUN, rows);
                SECTIONS.forEach((section, known) -> RowChecks.keys(run.section(section), known, rows));
                RowChecks.keys(run.section("architecture").section("moe"), MOE, rows);
                rows.add(row(id, run));
            } catch (GenkaException e) {
                rows.refuse(id, String.valueOf(e.getMessage()));
            }
        }
        return rows;
    }

    private MeasuredRow row(String id, Values run) {
        Values target = run.section("target");
        double hours = target.positive("gpu_hours")
                .orElseThrow(() -> GenkaException.user("no target.gpu_hours: nothing to compare with"));
        double tokens = target.positive("tokens").orElseThrow(() -> GenkaException.user("no target.tokens"));
        Transformer model = model(id, run.section("architecture"));
        Values training = run.section("training");
        Values hardware = run.section("hardware");
        Accelerator accelerator = accelerators
                .find(hardware.text("accelerator").orElse(""))
                .orElseThrow(() -> GenkaException.user("accelerator ("
                        + hardware.text("accelerator").orElse("none") + ") is not in facts/accelerators.yaml"));
        int sequence = training.count("seq_len").orElse(USUAL_SEQUENCE);
        Precision precision = RowChecks.precision(
                        "precision", training.text("precision").orElse(""))
                .orElse(Precision.BF16);
        int count = hardware.count("count").orElse(usualCount(model));
        long batch = batch(training, sequence, count);
        Cluster cluster = Cluster.of(accelerator, count);
        Stack stack =
                stack(run.whole("year").orElse(2024), training.text("precision").orElse(""));
        Job job = job(run, model, cluster, stack, precision, sequence, batch);
        double steps = tokens / job.tokensPerStep();
        return new MeasuredRow(
                id,
                id,
                accelerator.id(),
                "",
                precision.word(),
                job,
                hours,
                false,
                steps * count / SECONDS,
                Tier.ASSUMED);
    }

    private Transformer model(String id, Values shape) {
        Optional<Double> size = shape.positive("active_params").or(() -> shape.positive("total_params"));
        shape.positive("total_params");
        if (shape.has("n_layers") && shape.has("d_model")) {
            return models.find(id).orElseGet(() -> TransformerConfig.read(id, huggingFace(shape)));
        }
        return models.find(id)
                .or(() -> size.map(parameters -> Transformers.inferred(id, parameters, 64000)))
                .orElseThrow(() -> GenkaException.user("neither a shape nor a number of parameters"));
    }

    /** The keys of runs.yaml under their names of config.json. */
    private static Values huggingFace(Values shape) {
        Map<String, Object> keys = new HashMap<>();
        Map<String, String> names = Map.of(
                "d_model", "hidden_size",
                "n_layers", "num_hidden_layers",
                "n_heads", "num_attention_heads",
                "n_kv_heads", "num_key_value_heads",
                "head_dim", "head_dim",
                "ffn_size", "intermediate_size",
                "vocab_size", "vocab_size");
        names.forEach((from, to) -> put(keys, to, shape.entries().get(from)));
        keys.putIfAbsent("vocab_size", 64000);
        put(keys, "gated", shape.entries().get("gated_mlp"));
        Values moe = shape.section("moe");
        Map<String, String> routed = Map.of(
                "n_routed_experts", "n_routed_experts",
                "top_k", "num_experts_per_tok",
                "n_shared", "n_shared_experts",
                "moe_intermediate", "moe_intermediate_size",
                "n_dense_layers", "first_k_dense_replace");
        routed.forEach((from, to) -> put(keys, to, moe.entries().get(from)));
        shape.section("mla").entries().forEach((key, value) -> keys.put(String.valueOf(key), value));
        return new Values(keys);
    }

    private static void put(Map<String, Object> keys, String key, @Nullable Object value) {
        if (value != null) {
            keys.put(key, value);
        }
    }

    /** Enough for a month on a trillion tokens, as published runs have it: a power of two between 64 and 4,096. */
    private static int usualCount(Transformer model) {
        double wanted = USUAL_COUNT * model.activeParameters() / 7e9;
        return Math.clamp(Long.highestOneBit((long) wanted), 64, 2048);
    }

    private static long batch(Values training, int sequence, int count) {
        double tokens =
                training.positive("global_batch_tokens").orElse(Math.max(USUAL_BATCH_TOKENS, TOKENS_EACH * count));
        long sequences = Math.round(training.positive("global_batch_seqs").orElse(tokens / sequence));
        return Math.max(1, sequences);
    }

    /** Frameworks before 2023 kept attention scores in memory and reduced gradients after the backward pass. */
    private static Stack stack(int year, String precision) {
        int optimizer = NARROW_MOMENTS.matcher(precision).find() ? Stack.MASTER_AND_NARROW : Stack.MASTER_AND_MOMENTS;
        if (year < 2023) {
            return new Stack(
                    "whole run before 2023",
                    "runs",
                    Stack.AttentionKernel.MATERIALISED,
                    false,
                    false,
                    false,
                    false,
                    2,
                    optimizer,
                    Optional.empty(),
                    false);
        }
        // FlashAttention-2 is of July 2023: runs that were published that year had the first
        Stack.AttentionKernel kernel = year == 2023 ? Stack.AttentionKernel.FUSED_FIRST : Stack.AttentionKernel.FUSED;
        return new Stack("whole run", "runs", kernel, true, true, true, true, 4, optimizer, Optional.empty(), false);
    }

    /**
     * The fastest way that fits, among those that the run's own tensor, pipeline and expert ranks allow. A number of accelerators with
     * odd factors leaves few ways: then some stay idle, and are paid.
     */
    private Job job(
            Values run,
            Transformer model,
            Cluster cluster,
            Stack stack,
            Precision precision,
            int sequence,
            long batch) {
        Values spread = run.section("parallelism");
        boolean dual = spread.count("pp").orElse(1) > 1 && spread.count("ep").orElse(1) > 1;
        List<Schedule> schedules = List.of(dual ? Schedule.DUALPIPE : Schedule.ONE_F_ONE_B);
        int count = cluster.accelerators();
        int even = Math.max(1, count / EVEN * EVEN);
        List<Search.Found> found = new ArrayList<>();
        for (long sequences : List.of(batch, Math.max(batch, count))) {
            for (int used : count < EVEN || even == count ? List.of(count) : List.of(count, even)) {
                Workload work =
                        new Workload(model, cluster.with(used), stack, precision, schedules, sequence, sequences);
                search.each(work, way -> {
                    if (keeps(way.job().strategy(), spread)) {
                        found.add(way);
                    }
                });
            }
            if (!found.isEmpty()) {
                break;
            }
        }
        return found.stream()
                .min(Comparator.comparingDouble(Search.Found::seconds))
                .orElseThrow(() -> GenkaException.user(
                        "no strategy fits on " + count + " " + cluster.name() + " with a batch of " + batch))
                .job();
    }

    private static boolean keeps(Strategy strategy, Values said) {
        return said.count("tp").orElse(strategy.tensor()) == strategy.tensor()
                && said.count("pp").orElse(strategy.pipeline()) == strategy.pipeline()
                && said.count("ep").orElse(strategy.expert()) == strategy.expert();
    }
}
