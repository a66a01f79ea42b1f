package genka.plan;

import genka.catalog.Transformer;

/**
 * Seconds between two tokens of an answer. A step reads the weights it needs (of experts those that some token was sent to), reads
 * every answer's cache, multiplies, exchanges, and waits for its kernels, whose number a layer's kind decides; prompts that are read
 * between steps slow all answers (aggregated serving). Each is a roofline of its own with a fitted share of the peak.
 */
public final class ServingModel {
    private static final double HALF = 2;
    /** Bytes a value that goes to an expert and comes back: 8 bits there when products are narrow, 16 back. */
    private static final double NARROW_EXCHANGE = 1.5;

    private final double[] c;

    public ServingModel(double[] constants) {
        this.c = constants;
    }

    private double c(Constant constant) {
        return c[constant.ordinal()];
    }

    /** Seconds a token, prompts that are read in between included. Requests whose cache does not fit wait before they begin. */
    public double tokenSeconds(ServingJob asked) {
        ServingJob job = asked.withRequests(Math.min(asked.requests(), ServingMemory.requests(asked)));
        double step = stepSeconds(job);
        if (!job.together()) {
            return step;
        }
        double promptTokens = Math.max(0, job.requests() - 1) * job.input() / job.output();
        return step + promptTokens * promptTokenSeconds(job);
    }

    /**
     * Seconds until the first token of an answer: some steps of decoding go by, a share of the others' prompts is read before (requests
     * begin together, and later ones meet), then its own by one data rank; where no cache is left, it waits for answers to end.
     */
    double firstTokenSeconds(ServingJob asked) {
        ServingJob job = asked.withRequests(Math.min(asked.requests(), ServingMemory.requests(asked)));
        double own = job.input() * promptTokenSeconds(job) * job.data();
        double others = asked.requests() / asked.data() - 1;
        double waiting = 1 - job.requests() / asked.requests();
        return c(Constant.FIRST_SECONDS)
                + c(Constant.FIRST_STEPS) * stepSeconds(job)
                + own
                + Math.max(0, others) * (c(Constant.FIRST_QUEUE) * own + c(Constant.FIRST_REQUEST_SECONDS))
                + c(Constant.FIRST_WAIT) * waiting * job.output() * tokenSeconds(asked);
    }

    /** What every request waits, however short its prompt is. */
    double firstSeconds() {
        return c(Constant.FIRST_SECONDS);
    }

    /** Seconds of one step in which every answer grows by a token. */
    double stepSeconds(ServingJob job) {
        return computeSeconds(job) + exchangeSeconds(job);
    }

    /** The same where two halves of the requests take turns, one computes while the other exchanges, when that is faster. */
    double overlappedStepSeconds(ServingJob job) {
        ServingJob half = job.withRequests(job.requests() / 2);
        return Math.min(stepSeconds(job), 2 * StepModel.smoothMax(computeSeconds(half), exchangeSeconds(half)));
    }

    private double computeSeconds(ServingJob job) {
        double multiply = job.requests() * productSeconds(job) / job.ranks();
        double cache =
                ServingMemory.cacheRead(job) / (job.cluster().memoryBytesPerSecond() * c(Constant.CACHE_BANDWIDTH));
        return StepModel.smoothMax(readSeconds(job), multiply) + cache + kernelSeconds(job);
    }

    /** Seconds a prompt's token adds, read many at a time. */
    double promptTokenSeconds(ServingJob job) {
        return promptComputeSeconds(job, job.input()) + promptExchangeSeconds(job);
    }

    /**
     * The same where two halves take turns, and a share of the prompt was found in the prefix cache: the rest is read, and looks
     * back at all of it.
     */
    double overlappedPromptTokenSeconds(ServingJob job, double hits) {
        double compute = promptComputeSeconds(job, (1 + hits) * job.input());
        return StepModel.smoothMax(compute, promptExchangeSeconds(job));
    }

    /** Seconds in which an accelerator fetches the cache of a prompt's token that was read before. */
    double loadSeconds(ServingJob job) {
        double rate = job.cluster().networkBytesPerSecond() * c(Constant.NETWORK_EFFICIENCY);
        return job.model().cacheBytesPerToken(job.cacheValueBytes()) / rate;
    }

    private double promptComputeSeconds(ServingJob job, double sequence) {
        Transformer m = job.model();
        double attend = 2.0
                * m.attentionLayers()
                * m.attention().heads()
                * (m.attention().qkDim() + m.attention().vDim())
                * m.meanContext(sequence);
        double attendRate = job.cluster().flopsPerSecond(Precision.BF16) * c(Constant.PROMPT_EFFICIENCY);
        return (productSeconds(job) + attend / attendRate) / job.ranks();
    }

    private double promptExchangeSeconds(ServingJob job) {
        return (reducedBytes(job) / (job.cluster().linkBytesPerSecond() * c(Constant.PROMPT_LINK))
                        + exchangedBytes(job) * sentOnce(job) / exchangeRate(job, Constant.PROMPT_LINK))
                / job.data();
    }

    /** Between nodes a prompt's token goes once to each node, not once to each expert (DeepSeek-V3 §3.2.2). */
    private static double sentOnce(ServingJob job) {
        Transformer.Experts experts = job.model().experts();
        double domains = Math.ceil(job.ranks() / job.cluster().domain());
        if (domains <= 1 || experts.perToken() == 0) {
            return 1;
        }
        double nodes = experts.nodeLimit() > 0 ? Math.min(experts.nodeLimit(), domains) : domains;
        return Math.min(experts.perToken(), nodes) * (domains - 1) / domains / experts.perToken();
    }

    /** Seconds of one token's products on one rank alone. Columns that tensor ranks share make products thin, and slower. */
    private double productSeconds(ServingJob job) {
        Transformer m = job.model();
        Transformer.Attention a = m.attention();
        double attention =
                m.attentionLayers() * a.parameters(m.hidden()) * thin((double) a.heads() * a.vDim() / job.tensor());
        double dense = otherParameters(m) * thin((double) m.intermediate() / job.tensor());
        double experts = 0;
        if (m.moeLayers() > 0) {
            double columns = m.experts().intermediate() * job.expert() / job.ranks();
            experts = m.moeLayers()
                    * m.experts().perToken()
                    * m.expertParameters()
                    * thin(columns)
                    / c(Constant.SERVING_GROUPED);
        }
        return 2 * (attention + dense + experts) / rate(job);
    }

    private double thin(double columns) {
        return 1 + c(Constant.SERVING_COLUMNS) / columns;
    }

    /** 4-bit weights are multiplied in 16 bits on an accelerator without 4-bit products. */
    private double rate(ServingJob job) {
        Cluster cluster = job.cluster();
        double narrow = c(Constant.SERVING_NARROW);
        double rate = switch (job.weights()) {
            case BF16, FP16 -> cluster.bf16();
            case FP8 -> cluster.fp8() > 0 ? cluster.fp8() * narrow : cluster.bf16();
            case FP4 -> cluster.fp4() > 0 ? cluster.fp4() * narrow : cluster.bf16();
        };
        return rate * c(Constant.PROMPT_EFFICIENCY);
    }

    /** Parameters of layers that are neither attention nor routed experts. */
    private static double otherParameters(Transformer m) {
        return m.replicatedLayerParameters()
                - m.attentionLayers() * m.attention().parameters(m.hidden());
    }

    private double readSeconds(ServingJob job) {
        Transformer m = job.model();
        double each = ServingMemory.weightBytes(job.weights());
        double read = each
                * (m.attentionLayers() * m.attention().parameters(m.hidden()) / job.tensor()
                        + otherParameters(m) / job.ranks());
        if (job.weights() == Precision.FP4
                && m.moeLayers() == 0
                && job.cluster().fp4() > 0) {
            read /= c(Constant.SERVING_FOUR_BITS);
        }
        if (m.moeLayers() > 0) {
            double share = (double) m.experts().perToken() / m.experts().routed();
            double touched = 1 - Math.pow(1 - share, job.requests());
            read += each
                    * m.moeLayers()
                    * m.experts().routed()
                    * m.expertParameters()
                    * touched
                    * c(Constant.SERVING_EXPERTS)
                    / job.ranks();
        }
        read += HALF * m.embeddingParameters() / job.tensor();
        return read / (job.cluster().memoryBytesPerSecond() * c(Constant.SERVING_BANDWIDTH));
    }

    /** A few microseconds a kernel, however little it does: what a layer consists of decides. */
    private double kernelSeconds(ServingJob job) {
        Transformer m = job.model();
        Transformer.Attention a = m.attention();
        double attention = (a.latent() ? c(Constant.SERVING_LATENT_SECONDS) : 0)
                + (a.sparse() > 0 ? c(Constant.SERVING_SPARSE_SECONDS) : 0)
                + (a.normed() ? c(Constant.SERVING_NORM_SECONDS) : 0);
        boolean scaled = job.weights() == Precision.FP8;
        double experts = c(Constant.SERVING_MOE_SECONDS)
                + (m.experts().shared() > 0 ? c(Constant.SERVING_SHARED_SECONDS) : 0)
                + (scaled ? c(Constant.SERVING_SCALE_SECONDS) : 0)
                + (scaled && job.expert() > 1 ? c(Constant.SERVING_HELD_SECONDS) : 0);
        return (m.attentionLayers() + m.mambaLayers()) * c(Constant.SERVING_LAYER_SECONDS)
                + m.attentionLayers() * attention
                + m.moeLayers() * experts
                + job.requests() / job.data() * c(Constant.SERVING_REQUEST_SECONDS);
    }

    /** Two reductions a layer over tensor ranks, two exchanges over expert ranks; small messages, so mostly latency. */
    private double exchangeSeconds(ServingJob job) {
        Transformer m = job.model();
        double tokens = job.requests() / job.data();
        double latency = c(Constant.SERVING_REDUCE_SECONDS);
        double time = 0;
        if (job.tensor() > 1) {
            time += 2 * (m.attentionLayers() + m.mambaLayers()) * latency * (1 + Collective.log2(job.tensor()) / 3)
                    + tokens * reducedBytes(job) / (job.cluster().linkBytesPerSecond() * c(Constant.SERVING_LINK));
        }
        if (exchanges(job)) {
            time += 2 * m.moeLayers() * latency * (1 + Collective.log2(job.ranks()) / 3)
                    + tokens * exchangedBytes(job) / exchangeRate(job, Constant.SERVING_LINK);
        }
        return time;
    }

    private static boolean exchanges(ServingJob job) {
        return job.data() > 1 && job.model().moeLayers() > 0;
    }

    /** Over links, or over the network, which reaches the share of training's collectives: no measured row speaks about it. */
    private double exchangeRate(ServingJob job, Constant link) {
        Cluster cluster = job.cluster();
        return job.ranks() > cluster.domain()
                ? cluster.networkBytesPerSecond() * c(Constant.NETWORK_EFFICIENCY)
                : cluster.linkBytesPerSecond() * c(link);
    }

    /** Bytes a token adds to the reductions over tensor ranks, in all layers. */
    private static double reducedBytes(ServingJob job) {
        Transformer m = job.model();
        return job.tensor() == 1 ? 0 : 4 * HALF * m.hidden() * (m.attentionLayers() + m.mambaLayers());
    }

    /** Bytes a token sends to experts and gets back, in all layers. */
    private static double exchangedBytes(ServingJob job) {
        Transformer m = job.model();
        double each = job.weights().narrow() ? NARROW_EXCHANGE : HALF;
        return exchanges(job) ? 2 * each * m.moeLayers() * m.experts().perToken() * m.hidden() : 0;
    }
}
