package genka.plan;

import genka.catalog.MuonWork;
import genka.catalog.OptimizerSpec.Muon;
import genka.catalog.Transformer;
import genka.plan.StepTime.Part;

/**
 * Seconds of a training step, from the sizes of its operations. Products follow an additive roofline: FLOP at a reached rate, plus
 * traffic, plus a fixed time (the no-overlap mode of Calculon, arXiv 2205.05198's successor SC23, fits measured A100 times better than
 * the larger of both). Launching from the host is a floor under each micro-batch. Collectives have two levels. Pipelines follow
 * {@link Schedule}, by closed forms or played through. All constants are {@link Constant}s; an instance holds no state but scratch, so one thread uses it at a time.
 */
public final class StepModel {
    private static final double HALF = 2; // bytes of a 16-bit value

    private final double[] c;
    private final LayerShapes shapes;
    private final BubbleTime bubble;
    private final LayerTime layer;

    /** With the closed forms of schedules. */
    public StepModel(double[] constants) {
        this(constants, LayerShapes.NONE, BubbleTime::closed);
    }

    StepModel(double[] constants, LayerShapes shapes, BubbleTime bubble) {
        this.c = constants;
        this.shapes = shapes;
        this.bubble = bubble;
        this.layer = new LayerTime(constants);
    }

    private double c(Constant constant) {
        return c[constant.ordinal()];
    }

    /** Fills {@code time} with the step's parts and returns their sum. */
    public double evaluate(Job job, StepTime time) {
        time.clear();
        Transformer model = job.model();
        Strategy strategy = job.strategy();
        layer.set(job);
        double micro = job.microBatches();
        int ranks = strategy.pipeline();
        layer.addLayers(time, 1.0 / ranks);
        double body = time.total();
        double launch = layer.launchSeconds() / ranks;
        double floor = smoothMax(body, launch) - body;
        time.add(Part.LAUNCH, floor);
        double even = body + floor + c(Constant.MICRO_BATCH_SECONDS);
        boolean balanced = job.stack().balancesEnds() || model.depth() % (ranks * strategy.chunks()) != 0;
        time.add(Part.OTHER, c(Constant.MICRO_BATCH_SECONDS));
        time.add(Part.HEAD, layer.headSeconds() / (balanced ? ranks : 1));
        time.scale(micro);
        pipeline(job, time, even);
        data(job, time);
        double steady = time.total() + c(Constant.STEP_SECONDS);
        double slow = c(Constant.SYNCHRONY)
                * Math.max(0, Collective.log2(job.cluster().accelerators() / 8.0));
        time.add(Part.OTHER, c(Constant.STEP_SECONDS) + slow * steady);
        time.scale(shapes.slowness(job));
        return time.total();
    }

    /** The slowest rank sets the pace; filling and draining, and what is sent between ranks, come on top. */
    private void pipeline(Job job, StepTime time, double even) {
        Strategy strategy = job.strategy();
        int ranks = strategy.pipeline();
        if (ranks == 1) {
            return;
        }
        double forward = even * layer.forwardShare();
        double weight = forward; // as many FLOP; what is computed again belongs to the other half of the backward pass
        time.add(Part.BUBBLE, bubble.seconds(job, new PipelineRun.Passes(forward, even - forward - weight, weight)));
        Cluster cluster = job.cluster();
        double bytes = HALF * layer.tokens() * job.model().hidden() / strategy.tensor();
        boolean near = (long) strategy.tensor() * strategy.context() * strategy.data() < cluster.domain();
        double rate = near
                ? cluster.linkBytesPerSecond() * c(Constant.LINK_EFFICIENCY)
                : cluster.networkBytesPerSecond() * c(Constant.NETWORK_EFFICIENCY);
        double one = c(Constant.COLLECTIVE_SECONDS) + bytes / rate;
        double rounds = job.microBatches() * strategy.schedule().parts(strategy.chunks()) + ranks - 1;
        time.add(Part.TRANSFER, 2 * rounds * one * c(Constant.TRANSFER_EXPOSED));
    }

    /** Gradients and updated parameters between data ranks, then the optimizer. */
    private void data(Job job, StepTime time) {
        Strategy strategy = job.strategy();
        Transformer model = job.model();
        double dense = denseParametersPerRank(model, strategy);
        double routed = routedParametersPerRank(model, strategy);
        double exposed = job.stack().overlapsData() ? c(Constant.DATA_EXPOSED) : 1;
        if (strategy.zeroStage() < 3) {
            int block = strategy.tensor() * strategy.context();
            time.add(Part.DATA, exposed * reduction(job, dense, strategy.replicas(), strategy.tensor()));
            time.add(
                    Part.DATA,
                    exposed * reduction(job, routed, strategy.expertReplicas(), Math.max(block, strategy.expert())));
        }
        double shares = strategy.zeroStage() > 0 ? strategy.replicas() : 1;
        double expertShares = strategy.zeroStage() > 0 ? strategy.expertReplicas() : 1;
        double updated = dense / shares + routed / expertShares;
        time.add(
                Part.OPTIMIZER,
                c(Constant.OPTIMIZER_BYTES) * updated / job.cluster().memoryBytesPerSecond());
        if (job.stack().muon().isPresent()) {
            time.add(Part.OPTIMIZER, muonSeconds(job.stack().muon().get(), job, dense, routed));
        }
    }

    /**
     * Muon needs matrices whole: gradients are gathered in 16 bits once more, then each rank that shares the states works on its part of the
     * matrices (arXiv 2502.16982, Distributed Muon).
     */
    private double muonSeconds(Muon muon, Job job, double dense, double routed) {
        Strategy strategy = job.strategy();
        double stages = strategy.pipeline();
        double ranks = strategy.tensor() * (strategy.zeroStage() > 0 ? strategy.replicas() : 1.0);
        double expertRanks = strategy.expert() * (strategy.zeroStage() > 0 ? strategy.expertReplicas() : 1.0);
        double flops = MuonWork.replicated(muon, job.model()) / (stages * ranks)
                + MuonWork.routed(muon, job.model()) / (stages * expertRanks);
        double rate = job.cluster().flopsPerSecond(Precision.BF16) * c(Constant.PRODUCT_EFFICIENCY);
        int block = strategy.tensor() * strategy.context();
        double gathered = gathering(job, HALF * dense, strategy.replicas(), strategy.tensor())
                + gathering(job, HALF * routed, strategy.expertReplicas(), Math.max(block, strategy.expert()));
        return flops / rate + gathered;
    }

    private double reduction(Job job, double parameters, int ranks, int stride) {
        return gathering(job, job.stack().gradientBytes() * parameters, ranks, stride)
                + gathering(job, HALF * parameters, ranks, stride);
    }

    private double gathering(Job job, double bytes, int ranks, int stride) {
        if (ranks <= 1 || bytes == 0) {
            return 0;
        }
        Cluster cluster = job.cluster();
        int inside = Math.max(1, cluster.domain() / stride);
        double link = cluster.linkBytesPerSecond()
                * (ranks <= inside ? c(Constant.DATA_REDUCTION) : c(Constant.LINK_EFFICIENCY));
        double network = cluster.networkBytesPerSecond() * c(Constant.NETWORK_EFFICIENCY);
        return Collective.gather(bytes, ranks, inside, link, network, c(Constant.COLLECTIVE_SECONDS));
    }

    /** Parameters outside routed experts on the fullest rank. */
    static double denseParametersPerRank(Transformer model, Strategy strategy) {
        double tables = model.embeddingParameters() * (model.tiedEmbeddings() || strategy.pipeline() > 1 ? 1 : 2);
        return (model.replicatedLayerParameters() / strategy.pipeline() + tables) / strategy.tensor();
    }

    static double routedParametersPerRank(Transformer model, Strategy strategy) {
        return model.routedParameters() / strategy.pipeline() / strategy.expert();
    }

    /** The larger of two, rounded where they meet, for both delay each other: (a⁴ + b⁴)^¼. */
    static double smoothMax(double a, double b) {
        double high = Math.max(a, b);
        if (high <= 0) {
            return 0;
        }
        double ratio = Math.min(a, b) / high;
        double square = ratio * ratio;
        return high * Math.sqrt(Math.sqrt(1 + square * square));
    }
}
