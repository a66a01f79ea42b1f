package genka.plan;

import genka.catalog.Transformer;
import genka.plan.Strategy.Recompute;

/**
 * Bytes of a micro-batch's activations on a rank. Kept: inputs of products in their own precision, norms' inputs in 16 bits, scores
 * (5 a s² b bytes, arXiv 2205.05198) where attention keeps them. Selective recomputation keeps no scores, no outputs of norms and
 * activation functions, and of latent attention the latents only (DeepSeek-V3 §3.3.3).
 */
final class ActivationBytes {
    private static final double HALF = 2;

    private final Job job;
    private final Transformer model;
    private final Strategy strategy;
    private final double tokens;
    private final double split;
    private final double replicated;
    private final double input;

    ActivationBytes(Job job) {
        this.job = job;
        this.model = job.model();
        this.strategy = job.strategy();
        this.tokens = (double) strategy.microBatch() * job.sequence() / strategy.context();
        this.split = 1.0 / strategy.tensor();
        this.replicated = strategy.sequenceParallel() ? split : 1;
        this.input = Math.max(1, strategy.precision().bytes());
    }

    /** Bytes kept of a micro-batch from its forward to its backward pass, in all layers of a rank and at its ends. */
    double kept(RankShare share, boolean first) {
        boolean head = !first || strategy.pipeline() == 1;
        double ends = tokens * model.hidden() * replicated * ((first ? HALF : 0) + (head ? 2 * HALF : 0));
        return ends
                + switch (strategy.recompute()) {
                    case NONE -> layers(share, true);
                    case SELECTIVE -> layers(share, false);
                    case FULL -> share.layers() * HALF * tokens * model.hidden() * replicated;
                };
    }

    /**
     * Bytes that a pass needs for a moment: the logits with their gradients (fused loss) or with those of the head's weights, or the
     * gradients of a layer's inner values; a layer's weight gradients in 16 bits before they are added up; what tensor ranks
     * gather; a layer that is computed again.
     */
    double working(boolean head) {
        double inner = model.gated() ? 3 : 2;
        double width = (double) model.intermediate() * (model.denseLayers() > 0 ? 1 : 0);
        double backward = tokens * (HALF * inner * width * split + 2 * HALF * model.hidden() * replicated);
        double table = model.embeddingParameters() * split;
        double logits = tokens * model.vocab() * split;
        double last = head ? HALF * (logits + Math.max(logits, table)) : 0;
        double layer = (model.attention().parameters(model.hidden())
                        + (model.denseLayers() > 0 ? model.denseParameters() : model.sharedParameters()))
                * split;
        double gathered = strategy.sequenceParallel() ? 4 * HALF * tokens * model.hidden() : 0;
        double again = strategy.recompute() == Recompute.FULL ? layers(RankShare.meanLayer(model), true) : 0;
        return Math.max(last, backward) + HALF * layer + gathered + again;
    }

    private double layers(RankShare share, boolean all) {
        double kept = (model.matrices() - 1) * (all ? 1 : input / HALF) + (all ? input / HALF : 0);
        return (share.attention() + share.modules()) * attention(all)
                + (share.dense() + (model.moeLayers() > 0 ? 0 : share.modules())) * dense(kept, all)
                + (model.moeLayers() > 0 ? share.moe() + share.modules() : 0) * experts(kept, all)
                + share.mamba() * (norm(all) + tokens * HALF * 5 * model.mambaInner() * split);
    }

    private double norm(boolean all) {
        return tokens * model.hidden() * replicated * (HALF + (all ? input : 0));
    }

    private double attention(boolean all) {
        Transformer.Attention a = model.attention();
        double queries = (double) a.heads() * (a.qkDim() + a.vDim());
        double keys = (double) (a.latent() ? a.heads() : a.kvHeads()) * (a.qkDim() + a.vDim());
        double latent = a.latent() ? 2.0 * (a.qLora() + a.kvLora() + a.ropeDim()) : 0;
        double values = all || !a.latent() ? queries + keys : (double) a.heads() * a.vDim();
        double bytes = norm(all) + tokens * HALF * (values * split + latent);
        return all && !job.stack().attention().fused()
                ? bytes + 5.0 * a.heads() * split * tokens * job.sequence()
                : bytes;
    }

    private double dense(double kept, boolean all) {
        return norm(all) + tokens * HALF * kept * model.intermediate() * split;
    }

    private double experts(double kept, boolean all) {
        Transformer.Experts e = model.experts();
        double copies = tokens * split * e.perToken();
        return norm(all)
                + tokens * HALF * kept * e.shared() * split
                + copies * (input * e.width(model.hidden()) + HALF * kept * e.intermediate());
    }
}
