package genka.train;

import genka.catalog.AttentionSpec;
import genka.catalog.ModelSpec;
import genka.catalog.MoeSpec;
import genka.catalog.ParameterCount;

/**
 * Floating-point operations that training must do, forward and backward, as papers count them (Kaplan et al. 2020, arXiv 2001.08361
 * §2.1; PaLM, arXiv 2204.02311 appendix B): 6 for each parameter a token is multiplied with, and the scores and sums of causal
 * attention, {@code 3 · 2 · heads · (qk + v) · (T + 1) / 2} a layer. What an implementation computes twice does not count.
 */
final class TrainingFlops {
    private TrainingFlops() {}

    /** For one token of sequences of {@code length} tokens; MTP modules are not counted. */
    static double perToken(ModelSpec spec, int length) {
        double scores = switch (spec.attention()) {
            case AttentionSpec.Mla mla -> (double) mla.heads() * (mla.qkHeadDim() + mla.vHeadDim());
            case AttentionSpec.Gqa gqa -> 2.0 * gqa.heads() * gqa.headDim();
        };
        double attention = 2 * scores * (length + 1) / 2 * spec.layers();
        return 6.0 * multiplied(spec) + 3 * attention;
    }

    /** The active parameters without the routers' correction biases, which no gradient reaches. */
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
