package genka.plan;

import genka.catalog.Transformer;

/** What a rank holds while it serves: its share of the weights, and the cache of as many answers as fit beside them. */
final class ServingMemory {
    private static final double HALF = 2;
    /** Of the memory, what engines give to weights and cache (vLLM's gpu_memory_utilization, 0.9). */
    private static final double USABLE = 0.9;
    /** Activations, graphs and the runtime. */
    private static final double RUNTIME_BYTES = 4e9;
    /** Keys of the indexer beside the latent cache, 128 of 576 values (DeepSeek-V3.2 §2.1). */
    private static final double INDEX_SHARE = 0.22;
    /** A scale of 8 bits for 16 values of 4 (NVFP4). */
    private static final double FOUR_BIT_SCALES = 1.0 / 16;

    private ServingMemory() {}

    /** Bytes of a weight, with its share of the scales. */
    static double weightBytes(Precision precision) {
        return precision == Precision.FP4 ? precision.bytes() + FOUR_BIT_SCALES : precision.bytes();
    }

    /** Bytes of weights on a rank. */
    static double weights(ServingJob job) {
        Transformer m = job.model();
        double attention = m.attentionLayers() * m.attention().parameters(m.hidden());
        double rest = m.replicatedLayerParameters() - attention + m.routedParameters();
        return weightBytes(job.weights()) * (attention / job.tensor() + rest / job.ranks())
                + 2 * HALF * m.embeddingParameters() / job.tensor();
    }

    /** The same with experts that are held twice. */
    static double weights(ServingJob job, int redundant) {
        double again = redundant * job.model().moeLayers() * job.model().expertParameters() / job.ranks();
        return weights(job) + again * weightBytes(job.weights());
    }

    /** Bytes on a rank that weights and cache may take. */
    static double usable(ServingJob job) {
        return USABLE * job.cluster().memoryBytes() - RUNTIME_BYTES;
    }

    /** Bytes of cache on a rank for an answer with that many tokens before it. Latent caches are not split by tensor ranks. */
    static double cache(ServingJob job, double context) {
        Transformer m = job.model();
        double split = m.attention().latent()
                ? 1
                : Math.min(job.tensor(), m.attention().kvHeads());
        double windowed = m.windowLayers() == 0
                ? 1
                : ((m.attentionLayers() - m.windowLayers()) + m.windowLayers() * Math.min(1, m.window() / context))
                        / m.attentionLayers();
        return m.cacheBytesPerToken(job.cacheValueBytes()) * windowed * context / split;
    }

    /** Bytes of cache that a rank reads in a step. */
    static double cacheRead(ServingJob job) {
        double context = job.context();
        int sparse = job.model().attention().sparse();
        double share = sparse == 0 ? 1 : Math.min(1, sparse / context + INDEX_SHARE);
        return share * cache(job, context) * job.requests() / job.data();
    }

    /** Requests whose cache fits on all ranks at their full length; at least one on each. */
    static double requests(ServingJob job) {
        return requests(job, 0);
    }

    /** @param redundant experts that are held twice */
    static double requests(ServingJob job, int redundant) {
        double room = usable(job) - weights(job, redundant);
        return job.data() * Math.max(1, room / cache(job, job.input() + (double) job.output()));
    }
}
