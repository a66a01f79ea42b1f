package genka.plan;

import genka.catalog.Accelerator;
import genka.catalog.Accelerators;
import genka.catalog.Transformer;
import genka.plan.Strategy.Recompute;
import genka.units.GenkaException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Rows of published throughput: which model, how many accelerators, how spread, and step seconds, tokens a second or FLOP/s. What a
 * row leaves out comes from what is known of its set's framework; then the row's tier is "assumed".
 */
final class ThroughputRows {
    private static final double TERA = 1e12;
    private static final int USUAL_MICRO_TOKENS = 8192;
    /** What frameworks were told to keep elsewhere or not at all is not in a row: only what exceeds memory by more than that tells. */
    private static final double SPARING = 1.3;

    private static final List<String> KEYS =
            RowChecks.words("set id model params n_layers d_model n_heads vocab vocab_size gpu gpus tp pp vp cp dp ep "
                    + "fsdp seq gbs mbs grad_accum precision section recompute release step_s "
                    + "tokens_per_s_per_gpu tflops_per_gpu mfu hfu convention");
    /** What tables say beside, and nothing is predicted from. */
    private static final List<String> REMARKS =
            RowChecks.words("sharding zero1 network slice nvidia_mfu mfu_causal mfu_noncausal tflops_causal "
                    + "tflops_noncausal frac_peak tokens_per_day_B alt_value_in_source t_1F t_1B t_1W t_1F1B "
                    + "t_bubble t_opt source evidence quality date url note notes");

    private static final List<String> KNOWN =
            Stream.concat(KEYS.stream(), REMARKS.stream()).toList();

    private final Stacks stacks = Stacks.shipped();
    private final Accelerators accelerators = Accelerators.shipped();
    private final Transformers models = Transformers.shipped();

    MeasuredRows read(Values top) {
        MeasuredRows rows = new MeasuredRows();
        int number = 0;
        for (Values row : top.list("rows")) {
            number++;
            String set = row.text("set").orElse("rows");
            String id = row.text("id").orElse(set + ":" + number);
            try {
                RowChecks.keys(row, KNOWN, rows);
                rows.add(row(id, set, row));
            } catch (GenkaException e) {
                rows.refuse(id, String.valueOf(e.getMessage()));
            }
        }
        return rows;
    }

    private MeasuredRow row(String id, String set, Values row) {
        String framework = framework(set, row);
        Stacks.Usage usage = stacks.of(framework);
        Transformer model = model(row, usage);
        int sequence = row.need("seq");
        int count = row.need("gpus");
        Accelerator accelerator = accelerators
                .find(row.text("gpu").orElse(""))
                .orElseThrow(() -> GenkaException.user(
                        "accelerator (" + row.text("gpu").orElse("none") + ") is not in facts/accelerators.yaml"));
        Cluster plain = Cluster.of(accelerator, count);
        Cluster cluster = usage.networkBytesPerSecond().map(plain::withNetwork).orElse(plain);
        Precision precision = precision(row, usage);
        Strategy strategy = strategy(row, usage, precision, count, sequence);
        long batch = batch(row, strategy);
        Job said = new Job(model, cluster, strategy, usage.stack(), sequence, batch);
        Job job = row.has("recompute") || row.has("hfu") ? said : feasible(said);
        boolean assumed = !stacks.knows(framework)
                || !model.known()
                || !row.has("mbs")
                || !row.has("gbs")
                || !job.strategy().equals(strategy);
        String group = set.startsWith("vtrain")
                ? "vtrain" + (count > cluster.domain() ? "/nodes" : "/one-node")
                : (framework.equals(set) ? set : set + "/" + framework) + "/" + accelerator.id();
        Measure measure = measure(row, job);
        return new MeasuredRow(
                id,
                model.name(),
                group,
                row.text("release").orElse(""),
                format(row, precision),
                job,
                measure.value(),
                measure.rate(),
                measure.scale(),
                assumed ? Tier.ASSUMED : Tier.GIVEN);
    }

    /** What the set's rows were measured with, unless a row's model names another. */
    private String framework(String set, Values row) {
        return Arrays.stream(
                        row.text("model").orElse("").toLowerCase(Locale.ROOT).split("[^a-z0-9]+"))
                .filter(stacks::knows)
                .findFirst()
                .orElse(set);
    }

    /** Numbers that share a scale by small blocks are another format than those that share it by tensors. */
    private static String format(Values row, Precision precision) {
        String name = precision.word();
        String said = row.text("precision").orElse("").toLowerCase(Locale.ROOT);
        return said.startsWith("mx") ? "mx" + name : name;
    }

    /** What a row says, as {@link MeasuredRow} has it. */
    private record Measure(double value, boolean rate, double scale) {}

    private static Measure measure(Values row, Job job) {
        Optional<Double> seconds = row.positive("step_s");
        if (seconds.isPresent()) {
            return new Measure(seconds.get(), false, 1);
        }
        int count = job.cluster().accelerators();
        Optional<Double> tokens = row.positive("tokens_per_s_per_gpu");
        if (tokens.isPresent()) {
            return new Measure(tokens.get(), true, job.tokensPerStep() / count);
        }
        double reached = row.positive("tflops_per_gpu")
                .orElseThrow(() -> GenkaException.user("neither step_s nor tokens_per_s_per_gpu nor tflops_per_gpu"));
        return new Measure(reached, true, flops(row, job.model(), job.sequence()) * job.globalBatch() / count / TERA);
    }

    /** With as much computed again as memory cannot do without, where a row does not say it. */
    private static Job feasible(Job said) {
        for (Recompute more : Recompute.values()) {
            if (more.compareTo(said.strategy().recompute()) >= 0) {
                Job job = said.with(said.strategy().with(more));
                if (MemoryModel.fits(MemoryModel.total(job) / SPARING, job.cluster())) {
                    return job;
                }
            }
        }
        return said;
    }

    /** FLOP of a sequence by the convention the row names: Megatron's counts recomputation and non-causal attention. */
    private static double flops(Values row, Transformer model, int sequence) {
        double width = model.hidden();
        double layers = model.attentionLayers();
        boolean hardware = row.text("convention").orElse("").contains("incl. recompute");
        if (hardware) {
            return 96.0
                    * sequence
                    * layers
                    * width
                    * width
                    * (1 + sequence / (6 * width) + model.vocab() / (16 * layers * width));
        }
        return model.trainingFlopsPerToken(sequence) * sequence;
    }

    private Transformer model(Values row, Stacks.Usage usage) {
        String name = row.text("model").orElse("model");
        int vocab = row.count("vocab").or(() -> row.count("vocab_size")).orElse(usage.vocab());
        if (row.has("params") && row.number("params").filter(size -> size > 0).isEmpty()) {
            throw GenkaException.user("params (" + row.text("params").orElse("no number")
                    + ") must be a positive number. Maybe 7e9 for seven billion?");
        }
        if (row.has("n_layers") && row.has("d_model") && row.has("n_heads")) {
            int hidden = row.need("d_model");
            return VtrainRows.gpt(hidden, row.need("n_layers"), row.need("n_heads"), vocab);
        }
        return models.find(name)
                .or(() -> row.number("params").map(size -> Transformers.inferred(name, size, vocab)))
                .orElseThrow(() -> GenkaException.user("model (" + name
                        + ") is not in facts/models.yaml, and the row has neither its shape nor params"));
    }

    private static Precision precision(Values row, Stacks.Usage usage) {
        String section = row.text("section").orElse("");
        String said = row.text("precision").orElse("");
        return RowChecks.precision("precision", said).isEmpty()
                ? Precision.read(section).orElse(usage.precision())
                : Precision.read(said + " " + section).orElse(usage.precision());
    }

    private Strategy strategy(Values row, Stacks.Usage usage, Precision precision, int count, int sequence) {
        int tensor = row.count("tp").orElse(1);
        int pipeline = row.count("pp").orElse(1);
        int context = row.count("cp").orElse(1);
        long model3d = Strategy.ranks(tensor, pipeline, context);
        if (count % model3d != 0) {
            throw GenkaException.user(
                    "tensor x pipeline x context (" + model3d + ") does not divide the accelerators (" + count + ")");
        }
        int data = (int) (count / model3d);
        if (row.count("dp").orElse(data) != data) {
            throw GenkaException.user(
                    "dp (" + row.need("dp") + ") is not what other ranks leave of the accelerators (" + data + ")");
        }
        int expert = row.count("ep").orElse(1);
        boolean sharded = sharded(row) || row.text("model").orElse("").contains("FSDP");
        int perRank = (int) Math.max(1, row.positive("gbs").orElse((double) data) / data);
        int micro = row.count("mbs")
                .orElse(pipeline > 1 ? 1 : Math.min(perRank, Math.max(1, USUAL_MICRO_TOKENS / sequence)));
        int chunks = pipeline > 1 ? Math.max(1, row.count("vp").orElse(1)) : 1;
        return new Strategy(
                tensor,
                pipeline,
                chunks,
                context,
                data,
                Math.min(expert, count / pipeline),
                micro,
                sharded ? 3 : usage.zeroStage(),
                recompute(row, usage),
                usage.schedule(),
                usage.sequenceParallel() || row.text("recompute").orElse("").contains("seq-parallel"),
                precision);
    }

    /** Whether a row says that everything is sharded: by yes and no, or by how many ranks. */
    private static boolean sharded(Values row) {
        if (row.has("fsdp") && row.truth("fsdp").isEmpty() && row.whole("fsdp").isEmpty()) {
            throw GenkaException.user("fsdp (" + row.text("fsdp").orElse("no number")
                    + ") must be true, false or a number of ranks. Maybe leave it out?");
        }
        return row.truth("fsdp").orElse(false) || row.whole("fsdp").orElse(0) > 0;
    }

    /** Tables that print model and hardware utilisation say by their ratio whether activations were computed again. */
    private static Recompute recompute(Values row, Stacks.Usage usage) {
        Optional<Recompute> said = RowChecks.recompute(row.text("recompute").orElse(""));
        double model = row.positive("mfu").orElse(0.0);
        double hardware = row.positive("hfu").orElse(model);
        if (said.equals(Optional.of(Recompute.FULL)) || (model > 0 && hardware / model > 1.2)) {
            return Recompute.FULL;
        }
        return said.orElse(usage.recompute());
    }

    private static long batch(Values row, Strategy strategy) {
        double accumulated = row.positive("grad_accum").orElse(1.0);
        return Math.round(row.positive("gbs").orElse(accumulated * strategy.microBatch() * strategy.data()));
    }
}
