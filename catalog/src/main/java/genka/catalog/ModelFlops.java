package genka.catalog;

/**
 * Floating-point operations a model needs, a multiply-add counting as two, as papers count them (Kaplan et al. 2020, arXiv 2001.08361
 * §2.1; PaLM, arXiv 2204.02311 appendix B): 2 for each parameter a token is multiplied with, and the scores and sums of attention,
 * {@code 2 · heads · (qk + v)} for each token attended to in a layer. A backward takes twice its forward. What an implementation
 * computes twice does not count, nor do MTP modules.
 */
public final class ModelFlops {
    private ModelFlops() {}

    /**
     * Of one token's forward through all layers and the head.
     *
     * @param attended tokens that it attends to, itself included; (T + 1) / 2 is the mean over a causal sequence of T
     */
    public static double forward(ModelSpec spec, double attended) {
        return 2.0 * multiplied(spec) + 2.0 * attentionWidth(spec.attention()) * attended * spec.layers();
    }

    /** Of one token's forward and backward; {@code attended} as in {@link #forward}. */
    public static double training(ModelSpec spec, double attended) {
        return 3 * forward(spec, attended);
    }

    /** Values of keys and of values that a token is multiplied with in one layer, over all heads. */
    private static double attentionWidth(AttentionSpec attention) {
        return switch (attention) {
            case AttentionSpec.Mla mla -> (double) mla.heads() * (mla.qkHeadDim() + mla.vHeadDim());
            case AttentionSpec.Gqa gqa -> 2.0 * gqa.heads() * gqa.headDim();
        };
    }

    /** The active parameters without the routers' correction biases, which only choose. */
    private static long multiplied(ModelSpec spec) {
        long biases = 0;
        if (spec.moe().isPresent() && spec.moe().get().selection() == MoeSpec.Selection.NOAUX_TC) {
            for (int layer = 0; layer < spec.layers(); layer++) {
                biases += spec.isMoe(layer) ? spec.moe().get().routedExperts() : 0;
            }
        }
        return ParameterCount.of(spec).active() - biases;
    }
}
