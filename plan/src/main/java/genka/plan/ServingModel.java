package genka.plan;

/**
 * Seconds between two tokens of an answer. A step reads the weights it needs (of experts those that some token was sent to), reads
 * every answer's cache, multiplies, exchanges, and waits for launches; prompts that are read between steps slow all answers
 * (aggregated serving). Each is a roofline of its own with a fitted share of the peak.
 */
public final class ServingModel {
    private static final double HALF = 2;

    private final double[] c;

    public ServingModel(double[] constants) {
        this.c = constants;
    }

    private double c(Constant constant) {
        return c[constant.ordinal()];
    }

    /** Seconds a token, prompts that are read in between included. */
    public double tokenSeconds(ServingJob job) {
        double step = stepSeconds(job);
        if (!job.together()) {
            return step;
        }
        double promptTokens = job.requests() * job.input() / job.output();
        return step + c(Constant.SERVING_MIX) * promptTokens * promptTokenSeconds(job);
    }

    /** Seconds of one step in which every answer grows by a token. */
    double stepSeconds(ServingJob job) {
        Transformer m = job.model();
        Cluster cluster = job.cluster();
        double bandwidth = cluster.memoryBytesPerSecond();
        double read = weightBytes(job) / (bandwidth * c(Constant.SERVING_BANDWIDTH));
        double cache = cacheBytes(job) / (bandwidth * c(Constant.CACHE_BANDWIDTH));
        double multiply = 2 * m.activeParameters() * job.requests() / job.ranks() / rate(job);
        double fixed = c(Constant.SERVING_STEP_SECONDS)
                + m.depth() * c(Constant.SERVING_LAYER_SECONDS)
                + m.moeLayers() * c(Constant.SERVING_MOE_SECONDS)
                + (m.attention().latent() ? m.depth() * c(Constant.SERVING_LATENT_SECONDS) : 0)
                + job.requests() / job.data() * c(Constant.SERVING_REQUEST_SECONDS);
        return StepModel.smoothMax(read, multiply) + cache + fixed + exchange(job);
    }

    /** Seconds a prompt's token adds, read many at a time. */
    double promptTokenSeconds(ServingJob job) {
        Transformer m = job.model();
        double attend = 2.0
                * m.attentionLayers()
                * m.attention().heads()
                * (m.attention().qkDim() + m.attention().vDim())
                * m.meanContext(job.input());
        return (2 * m.activeParameters() / rate(job) + attend / (rate16(job) * c(Constant.PROMPT_EFFICIENCY)))
                / job.ranks();
    }

    private double rate16(ServingJob job) {
        return job.cluster().flopsPerSecond(Precision.BF16);
    }

    /** 4-bit weights on an accelerator without 4-bit products are multiplied in the narrowest format it has. */
    private double rate(ServingJob job) {
        Cluster cluster = job.cluster();
        double rate = switch (job.weights()) {
            case BF16, FP16 -> cluster.bf16();
            case FP8 -> Math.max(cluster.bf16(), cluster.fp8());
            case FP4 -> Math.max(cluster.bf16(), Math.max(cluster.fp8(), cluster.fp4()));
        };
        return rate * c(Constant.PROMPT_EFFICIENCY);
    }

    /** Bytes of weights a rank reads in a step. */
    private double weightBytes(ServingJob job) {
        Transformer m = job.model();
        double each = job.weights().bytes();
        double attention = m.attentionLayers() * m.attention().parameters(m.hidden()) / job.tensor();
        double rest = m.replicatedLayerParameters()
                - m.attentionLayers() * m.attention().parameters(m.hidden());
        double dense = attention + rest / job.ranks();
        double routed = 0;
        if (m.moeLayers() > 0) {
            double share = (double) m.experts().perToken() / m.experts().routed();
            double used = 1 - Math.pow(1 - share, job.requests());
            routed = m.moeLayers() * m.experts().routed() * m.expertParameters() * used / job.ranks();
            routed *= c(Constant.SERVING_EXPERTS);
        }
        double head = m.embeddingParameters() / job.tensor();
        return each * (dense + routed) + HALF * head;
    }

    private static double cacheBytes(ServingJob job) {
        Transformer m = job.model();
        double split = m.attention().latent()
                ? 1
                : Math.min(job.tensor(), m.attention().kvHeads());
        double windowed = m.windowLayers() == 0
                ? 1
                : ((m.attentionLayers() - m.windowLayers())
                                + m.windowLayers() * Math.min(1, m.window() / job.context()))
                        / m.attentionLayers();
        double each = job.weights().narrow() ? 1 : HALF;
        return m.cacheBytesPerToken(each) * windowed * job.context() * job.requests() / job.data() / split;
    }

    /** Two reductions a layer over tensor ranks, two exchanges over expert ranks; small messages, so mostly latency. */
    private double exchange(ServingJob job) {
        Transformer m = job.model();
        Cluster cluster = job.cluster();
        double tokens = job.requests() / job.data();
        double time = 0;
        if (job.tensor() > 1) {
            double bytes = 2 * HALF * tokens * m.hidden();
            double one = c(Constant.SERVING_REDUCE_SECONDS) * (1 + Collective.log2(job.tensor()) / 3)
                    + bytes / (cluster.linkBytesPerSecond() * c(Constant.SERVING_LINK));
            time += 2 * m.depth() * one;
        }
        if (job.data() > 1 && m.moeLayers() > 0) {
            double rate =
                    job.ranks() > cluster.domain() ? cluster.networkBytesPerSecond() : cluster.linkBytesPerSecond();
            double bytes = HALF * tokens * m.experts().perToken() * m.hidden();
            time += 2
                    * m.moeLayers()
                    * (2 * c(Constant.SERVING_REDUCE_SECONDS) + bytes / (rate * c(Constant.SERVING_LINK)));
        }
        return time;
    }
}
