package genka.plan;

import genka.catalog.Transformer;
import genka.plan.StepTime.Part;
import genka.plan.Strategy.Recompute;

/** Seconds of one micro-batch in all layers of a model together, forward and backward, on one rank's share of the width. */
final class LayerTime {
    private static final double HALF = 2;
    private static final double BACKWARD = 2; // products of a backward pass for each of the forward
    private static final double ATTENTION_BACKWARD = 2.5; // FlashAttention-2, arXiv 2307.08691: five products for two
    private static final double MEMORY_BACKWARD = 1.5;

    /** Stands for the job before the first one is set. */
    private static final Job NOTHING = new Job(
            VtrainRows.gpt(1, 1, 1, 1),
            new Cluster("none", 1, 1, 1, 0, 0, 1, 1, 1, 1, 1),
            new Strategy(1, 1, 1, 1, 1, 1, 1, 0, Recompute.NONE, Schedule.ONE_F_ONE_B, false, Precision.BF16),
            Stack.MODERN,
            1,
            1);

    private final double[] c;
    private Job job = NOTHING;
    private Transformer model = NOTHING.model();
    private Strategy strategy = NOTHING.strategy();
    private Cluster cluster = NOTHING.cluster();
    private double tokens;
    private double spread;
    private double rate;
    private double productTime;
    private double upTime;
    private double attentionTime;
    private double memoryTime;
    private double launchTime;
    private double tensorTime;
    private double contextTime;
    private double expertTime;

    LayerTime(double[] constants) {
        this.c = constants;
    }

    private double c(Constant constant) {
        return c[constant.ordinal()];
    }

    /** Computes the forward times of all layers of the model, not divided by pipeline ranks. */
    void set(Job next) {
        job = next;
        model = next.model();
        strategy = next.strategy();
        cluster = next.cluster();
        tokens = (double) strategy.microBatch() * next.sequence() / strategy.context();
        spread = strategy.sequenceParallel() ? tokens / strategy.tensor() : tokens;
        double reached = switch (strategy.precision()) {
            case BF16, FP16 -> c(Constant.PRODUCT_EFFICIENCY);
            case FP8 -> c(Constant.NARROW_EFFICIENCY);
            case FP4 -> c(Constant.FP4_EFFICIENCY);
        };
        rate = cluster.flopsPerSecond(strategy.precision()) * reached;
        productTime = upTime = attentionTime = memoryTime = launchTime = tensorTime = contextTime = expertTime = 0;
        double mtp = model.mtpModules();
        boolean experts = model.moeLayers() > 0;
        attention(model.attentionLayers() + mtp);
        dense(model.denseLayers() + (experts ? 0 : mtp));
        if (experts) {
            experts(model.moeLayers() + mtp);
        }
        mamba(model.mambaLayers());
    }

    double tokens() {
        return tokens;
    }

    /** Adds forward, backward and recomputation of {@code share} of the layers. */
    void addLayers(StepTime time, double share) {
        double core = job.stack().attention().fused() ? ATTENTION_BACKWARD : BACKWARD;
        double tensorFactor = job.stack().overlapsTensor() ? c(Constant.TENSOR_EXPOSED) : 1;
        boolean dual = dual();
        double expertFactor = job.stack().overlapsExperts() ? c(Constant.EXPERT_EXPOSED) : 1;
        expertFactor = dual ? c(Constant.DUALPIPE_EXPOSED) : expertFactor;
        double slowed = dual ? 1 / (1 - Math.min(0.9, c(Constant.DUALPIPE_STOLEN))) : 1;
        double tensor = tensorTime * tensorFactor;
        double expert = expertTime * expertFactor;
        double context = contextTime * c(Constant.CONTEXT_EXPOSED);
        time.add(Part.PRODUCTS, share * slowed * (1 + BACKWARD) * productTime);
        time.add(Part.ATTENTION, share * (1 + core) * attentionTime);
        time.add(Part.MEMORY, share * (1 + MEMORY_BACKWARD) * memoryTime);
        time.add(Part.TENSOR, share * 2 * tensor);
        time.add(Part.CONTEXT, share * 3 * context);
        time.add(Part.EXPERT, share * 2 * expert);
        double again = switch (strategy.recompute()) {
            case NONE -> 0;
            case SELECTIVE -> job.stack().attention().fused() ? memoryTime / 2 + upTime : attentionTime;
            case FULL -> productTime + attentionTime + memoryTime + tensor + context + expert;
        };
        time.add(Part.RECOMPUTE, share * again);
        if (strategy.zeroStage() == 3) {
            time.add(Part.SHARD, share * shardSeconds());
        }
    }

    private boolean dual() {
        return strategy.schedule() == Schedule.DUALPIPE || strategy.schedule() == Schedule.DUALPIPE_V;
    }

    /** The forward pass's share of a micro-batch's time. */
    double forwardShare() {
        return strategy.recompute() == Recompute.FULL ? 0.25 : 1 / 3.0;
    }

    /** Host seconds to launch forward and backward of all layers. */
    double launchSeconds() {
        double passes = strategy.recompute() == Recompute.FULL ? 4 : 3;
        double graphs = job.stack().graphs() ? 0.2 : 1;
        return passes * graphs * launchTime;
    }

    private double flops(double rows, double columns, double depth) {
        return 2 * rows * columns * depth * (1 + c(Constant.PRODUCT_DEPTH) / depth);
    }

    private double product(double rows, double columns, double depth) {
        double traffic = HALF * (rows * depth + depth * columns + rows * columns);
        return flops(rows, columns, depth) / rate
                + c(Constant.PRODUCT_TRAFFIC) * traffic / cluster.memoryBytesPerSecond()
                + c(Constant.PRODUCT_SECONDS);
    }

    /** Reading and writing {@code bytes} of each of {@code values}. */
    private double traffic(double bytes, double values) {
        return bytes * values / cluster.memoryBytesPerSecond();
    }

    private double cast(double values) {
        return strategy.precision().narrow() ? traffic(c(Constant.CAST_BYTES), values) : 0;
    }

    private void attention(double layers) {
        if (layers == 0) {
            return;
        }
        Transformer.Attention a = model.attention();
        double width = model.hidden();
        double heads = (double) a.heads() / strategy.tensor();
        double keys = Math.max(1, (double) a.kvHeads() / strategy.tensor());
        double one = product(tokens, width, heads * a.vDim());
        if (a.latent()) {
            double up = product(tokens, heads * (a.qkDim() - a.ropeDim() + a.vDim()), a.kvLora())
                    + product(tokens, heads * a.qkDim(), a.qLora() == 0 ? width : a.qLora());
            one += up
                    + product(tokens, a.kvLora() + a.ropeDim(), width)
                    + (a.qLora() == 0 ? 0 : product(tokens, a.qLora(), width));
            upTime += layers * up;
            keys = heads;
        } else {
            one += product(tokens, heads * a.qkDim() + keys * (a.qkDim() + a.vDim()), width);
        }
        productTime += layers * one;
        attentionTime += layers * core(a, heads);
        double between = tokens * (heads * (a.qkDim() + a.vDim()) + keys * (a.qkDim() + a.vDim()));
        memoryTime += layers
                * (traffic(c(Constant.HIDDEN_BYTES), spread * width)
                        + traffic(c(Constant.INTERMEDIATE_BYTES), between / 2)
                        + cast(tokens * width + between));
        launchTime += layers * c(Constant.LAUNCH_SECONDS) / 2;
        tensorTime += layers * tensorAllReduce();
        if (strategy.context() > 1) {
            double bytes = HALF * tokens * strategy.context() * keys * (a.qkDim() + a.vDim());
            contextTime += layers * group(bytes, strategy.context(), strategy.tensor());
        }
    }

    /** Scores and their product with values: causal when fused, else the whole square, kept in memory. */
    private double core(Transformer.Attention a, double heads) {
        double scoreFlops = 2.0 * heads * (a.qkDim() + a.vDim()) * tokens;
        double rate16 = cluster.flopsPerSecond(Precision.BF16);
        if (job.stack().attention().fused()) {
            return scoreFlops * model.meanContext(job.sequence()) / (rate16 * attentionEfficiency())
                    + 2 * c(Constant.PRODUCT_SECONDS);
        }
        double scores = heads * tokens * job.sequence();
        return scoreFlops * job.sequence() / (rate16 * c(Constant.PRODUCT_EFFICIENCY))
                + traffic(c(Constant.SCORE_BYTES), scores)
                + 2 * c(Constant.PRODUCT_SECONDS);
    }

    private double attentionEfficiency() {
        double today = c(Constant.ATTENTION_EFFICIENCY);
        return job.stack().attention() == Stack.AttentionKernel.FUSED_FIRST
                ? today * c(Constant.FIRST_ATTENTION) * cluster.olderKernels()
                : today;
    }

    private void dense(double layers) {
        if (layers == 0) {
            return;
        }
        double width = model.hidden();
        double inner = (double) model.intermediate() / strategy.tensor();
        productTime +=
                layers * (product(tokens, inner * (model.matrices() - 1), width) + product(tokens, width, inner));
        memoryTime += layers
                * (traffic(c(Constant.HIDDEN_BYTES), spread * width / 2)
                        + traffic(c(Constant.INTERMEDIATE_BYTES), tokens * inner * (model.matrices() - 1))
                        + cast(tokens * (width + inner)));
        launchTime += layers * c(Constant.LAUNCH_SECONDS) / 2;
        tensorTime += layers * tensorAllReduce();
    }

    /** Experts held on a rank work on the tokens that all ranks of the group send, balanced. */
    private void experts(double layers) {
        Transformer.Experts e = model.experts();
        double width = model.hidden();
        double routedWidth = e.width(width);
        double own = tokens / strategy.tensor();
        double copies = own * e.perToken();
        double held = Math.max(1, (double) e.routed() / strategy.expert());
        double rows = copies / held;
        double grouped = held
                * (flops(rows, (model.matrices() - 1.0) * e.intermediate(), routedWidth)
                        + flops(rows, routedWidth, e.intermediate()));
        double bytes = HALF * (held * model.expertParameters() + copies * (2 * routedWidth + 3 * e.intermediate()));
        double one = grouped / (rate * c(Constant.GROUPED_EFFICIENCY))
                + c(Constant.PRODUCT_TRAFFIC) * bytes / cluster.memoryBytesPerSecond()
                + 2 * c(Constant.PRODUCT_SECONDS)
                + product(tokens, e.routed(), width);
        if (e.shared() > 0) {
            double inner = (double) e.shared() / strategy.tensor();
            one += product(tokens, inner * (model.matrices() - 1), width) + product(tokens, width, inner);
        }
        if (e.latent() > 0) {
            one += product(own, routedWidth, width) + product(own, width, routedWidth);
        }
        productTime += layers * one;
        memoryTime += layers
                * (traffic(c(Constant.HIDDEN_BYTES), spread * width / 2)
                        + traffic(c(Constant.PERMUTE_BYTES), copies * routedWidth)
                        + traffic(c(Constant.INTERMEDIATE_BYTES), copies * e.intermediate() * (model.matrices() - 1))
                        + cast(copies * (routedWidth + e.intermediate())));
        launchTime += layers * c(Constant.LAUNCH_SECONDS) / 2 * c(Constant.MOE_LAUNCH);
        expertTime += layers * 2 * exchange(own, routedWidth, e);
    }

    /** One all-to-all: every copy of a token to its expert; over the network once a node (DeepSeek-V3 §3.2.2). */
    private double exchange(double own, double width, Transformer.Experts e) {
        int ranks = strategy.expert();
        if (ranks <= 1) {
            return 0;
        }
        // DualPipe's kernels send 8 bits where products are narrow, and get 16 back (DeepSeek-V3 §3.3.3)
        double bytes = dual() && strategy.precision().narrow() ? (1 + HALF) / 2 : HALF;
        int near = Math.min(ranks, cluster.domain());
        double domains = Math.ceil((double) ranks / near);
        double efficiency = c(Constant.EXCHANGE_EFFICIENCY);
        double link = cluster.linkBytesPerSecond() * c(Constant.LINK_EFFICIENCY) * efficiency;
        double time = c(Constant.COLLECTIVE_SECONDS) * Collective.log2(ranks)
                + bytes * own * width * e.perToken() * (near - 1) / near / link;
        if (domains > 1) {
            double reached = Math.min(domains, e.perToken());
            reached = e.nodeLimit() > 0 ? Math.min(reached, e.nodeLimit()) : reached;
            double network = cluster.networkBytesPerSecond() * c(Constant.NETWORK_EFFICIENCY) * efficiency;
            time += bytes * own * width * reached * (domains - 1) / domains / network;
        }
        return time;
    }

    private void mamba(double layers) {
        if (layers == 0) {
            return;
        }
        double width = model.hidden();
        double inner = (double) model.mambaInner() / strategy.tensor();
        productTime += layers * (product(tokens, 2 * inner, width) + product(tokens, width, inner));
        memoryTime += layers
                * (traffic(c(Constant.HIDDEN_BYTES), spread * width / 2)
                        + 6 * traffic(c(Constant.INTERMEDIATE_BYTES), tokens * inner)
                        + cast(tokens * (width + inner)));
        launchTime += layers * c(Constant.LAUNCH_SECONDS);
        tensorTime += layers * tensorAllReduce();
    }

    private double tensorAllReduce() {
        int ranks = strategy.tensor();
        return ranks == 1 ? 0 : 2 * group(HALF * tokens * model.hidden(), ranks, 1);
    }

    private double group(double bytes, int ranks, int stride) {
        return Collective.gather(
                bytes,
                ranks,
                Math.max(1, cluster.domain() / stride),
                cluster.linkBytesPerSecond() * c(Constant.LINK_EFFICIENCY),
                cluster.networkBytesPerSecond() * c(Constant.NETWORK_EFFICIENCY),
                c(Constant.COLLECTIVE_SECONDS));
    }

    /** Gathering parameters for forward and backward and scattering gradients, each micro-batch (ZeRO stage 3, FSDP). */
    private double shardSeconds() {
        double parameters =
                model.replicatedLayerParameters() / strategy.tensor() + model.routedParameters() / strategy.expert();
        double bytes = parameters * (2 * HALF + HALF);
        double compute = productTime + attentionTime + memoryTime;
        double traffic = group(bytes, strategy.replicas(), strategy.tensor());
        double hidden = c(Constant.SHARD_EXPOSED);
        double passes = strategy.recompute() == Recompute.FULL ? 4 : 3;
        return hidden * traffic + (1 - hidden) * (StepModel.smoothMax(passes * compute, traffic) - passes * compute);
    }

    /** Embedding and head with their loss, for the main model and each multi-token prediction module. */
    double headSeconds() {
        double columns = (double) model.vocab() / strategy.tensor();
        double rate16 = cluster.flopsPerSecond(Precision.BF16) * c(Constant.PRODUCT_EFFICIENCY);
        double flops = 2 * tokens * columns * model.hidden();
        double traffic = HALF * (tokens * model.hidden() + columns * model.hidden() + tokens * columns);
        double product = flops / rate16 + c(Constant.PRODUCT_TRAFFIC) * traffic / cluster.memoryBytesPerSecond();
        double one = (1 + BACKWARD) * product
                + traffic(c(Constant.LOGIT_BYTES), tokens * columns)
                + traffic(c(Constant.HIDDEN_BYTES), tokens * model.hidden());
        return one * (1 + model.mtpModules());
    }
}
