package genka.plan;

import genka.plan.Strategy.Recompute;

/**
 * Bytes on the fullest rank: parameters, gradients and optimizer with three divisors (tensor ranks, none, expert ranks), activations
 * by what is computed again and how many micro-batches are in flight (Korthikanti et al., arXiv 2205.05198 §4, without dropout), and
 * the head's logits. What a rank of a pipeline holds is that of the first or the last one, whichever is more.
 */
public final class MemoryModel {
    private static final double HALF = 2;
    private static final double GRADIENT = 4;
    /** Master weight and two moments in 32 bits (arXiv 1910.02054 §3.1). */
    private static final double OPTIMIZER = 12;
    /** What the runtime and its communication buffers keep: about 3 GB a rank. */
    private static final double RUNTIME = 3e9;
    /** Share of a board's memory that a process gets. */
    private static final double USABLE = 0.98;
    /** What allocators leave unused between blocks. */
    private static final double FRAGMENTS = 0.03;

    /** Bytes by what holds them. */
    public record Use(double parameters, double gradients, double optimizer, double activations, double other) {
        public double total() {
            return parameters + gradients + optimizer + activations + other;
        }
    }

    private MemoryModel() {}

    public static Use of(Job job) {
        Strategy s = job.strategy();
        double dense = StepModel.denseParametersPerRank(job.model(), s);
        double routed = StepModel.routedParametersPerRank(job.model(), s);
        double copies = s.schedule() == Schedule.DUALPIPE ? 2 : 1;
        double denseShares = s.replicas();
        double routedShares = s.expertReplicas();
        int stage = s.zeroStage();
        double parameters = HALF * copies * (stage >= 3 ? dense / denseShares + routed / routedShares : dense + routed);
        double gradients = GRADIENT * (stage >= 2 ? dense / denseShares + routed / routedShares : dense + routed);
        double optimizer = OPTIMIZER * (stage >= 1 ? dense / denseShares + routed / routedShares : dense + routed);
        double gathered = stage >= 3
                ? 2
                        * HALF
                        * (dense + routed)
                        * s.pipeline()
                        / Math.max(1, job.model().depth())
                : 0;
        double activations = activationBytes(job);
        double held = parameters + gradients + optimizer + activations + gathered;
        return new Use(parameters, gradients, optimizer, activations, gathered + RUNTIME + FRAGMENTS * held);
    }

    /** Bytes of weights and optimizer states of the whole model, as a checkpoint holds them. */
    static double checkpointBytes(Job job) {
        return (HALF + OPTIMIZER) * job.model().parameters();
    }

    /** Whether the step fits beside what the board itself keeps (80 GB boards show about 79.1 GiB). */
    public static boolean fits(Job job) {
        return fits(total(job), job.cluster());
    }

    static boolean fits(double bytes, Cluster cluster) {
        return bytes <= USABLE * cluster.memoryBytes();
    }

    static double total(Job job) {
        return of(job).total();
    }

    private static double activationBytes(Job job) {
        Strategy s = job.strategy();
        double layer = layerBytes(job);
        double layers = (double) job.model().depth() / s.pipeline();
        double full = keptLayerBytes(job, true);
        double working = s.recompute() == Recompute.FULL ? full : 0;
        Schedule schedule = s.schedule();
        double firstKept = schedule.inFlightFirst(s.pipeline(), s.chunks(), job.microBatches());
        double lastKept = schedule.inFlightLast(s.pipeline(), s.chunks(), job.microBatches());
        double first = firstKept * layers * layer + working + (schedule.endsTogether() ? logitBytes(job) : 0);
        double last = lastKept * layers * layer + working + logitBytes(job);
        return s.pipeline() == 1 ? layers * layer + working + logitBytes(job) : Math.max(first, last);
    }

    /** Bytes of a micro-batch kept in a mean layer until its backward pass. */
    private static double layerBytes(Job job) {
        return switch (job.strategy().recompute()) {
            case NONE -> keptLayerBytes(job, true);
            case SELECTIVE -> keptLayerBytes(job, false);
            case FULL ->
                HALF
                        * tokens(job)
                        * job.model().hidden()
                        / (job.strategy().sequenceParallel() ? job.strategy().tensor() : 1);
        };
    }

    private static double tokens(Job job) {
        return (double) job.strategy().microBatch()
                * job.sequence()
                / job.strategy().context();
    }

    /**
     * Inputs of products in their own precision, norms' inputs in 16 bits, scores (5 a s² b bytes) where attention keeps them. With
     * {@code all} false, what selective recomputation keeps: no scores, no outputs of norms and activation functions, latents only (DeepSeek-V3 §3.3.3).
     */
    private static double keptLayerBytes(Job job, boolean all) {
        Transformer m = job.model();
        Strategy s = job.strategy();
        double tokens = tokens(job);
        double width = m.hidden();
        double split = 1.0 / s.tensor();
        double replicated = s.sequenceParallel() ? split : 1;
        Transformer.Attention a = m.attention();
        double input = Math.max(1, s.precision().bytes());
        double norms = width * replicated * (HALF + (all ? input : 0));
        double kept = (m.matrices() - 1) * (all ? 1 : input / HALF) + (all ? input / HALF : 0);
        double heads = (double) a.heads() * (a.qkDim() + a.vDim())
                + (double) (a.latent() ? a.heads() : a.kvHeads()) * (a.qkDim() + a.vDim());
        double latent = a.latent() ? 2.0 * (a.qLora() + a.kvLora() + a.ropeDim()) : 0;
        double attention =
                tokens * (norms + HALF * (all || !a.latent() ? heads : a.heads() * a.vDim()) * split + HALF * latent);
        if (all && !job.stack().fusedAttention()) {
            attention += 5.0 * a.heads() * split * tokens * job.sequence();
        }
        double dense = tokens * (norms + HALF * kept * m.intermediate() * split);
        double moe = 0;
        if (m.moeLayers() > 0) {
            Transformer.Experts e = m.experts();
            double copies = tokens * split * e.perToken();
            moe = tokens * norms
                    + tokens * HALF * kept * e.shared() * split
                    + copies * ((input + (all ? HALF : 0)) * e.width(width) + HALF * kept * e.intermediate());
        }
        double mamba = tokens * (norms + HALF * 5 * m.mambaInner() * split);
        double sum = m.attentionLayers() * attention
                + m.denseLayers() * dense
                + m.moeLayers() * moe
                + m.mambaLayers() * mamba;
        return sum / m.depth();
    }

    private static double logitBytes(Job job) {
        return tokens(job) * job.model().vocab() / job.strategy().tensor() * (HALF + 4);
    }
}
