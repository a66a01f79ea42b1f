package genka.catalog;

import java.util.Optional;

/**
 * AdamW (arXiv 1711.05101) with global-norm clipping; or Muon (arXiv 2502.16982) for the matrices inside layers and AdamW for what is
 * left.
 *
 * @param muon empty when AdamW does everything
 */
public record OptimizerSpec(
        double learningRate,
        double beta1,
        double beta2,
        double eps,
        double weightDecay,
        double clipNorm,
        Optional<Muon> muon) {
    public OptimizerSpec {
        Require.notNegative("learning_rate", learningRate);
        Require.share("beta1", beta1);
        Require.share("beta2", beta2);
        Require.positive("eps", eps);
        Require.notNegative("weight_decay", weightDecay);
        Require.notNegative("clip_norm", clipNorm);
    }

    /**
     * What Muon adds.
     *
     * @param iterations of Newton and Schulz, which make a matrix orthogonal
     */
    public record Muon(double momentum, int iterations) {
        public Muon {
            Require.share("momentum", momentum);
            Require.positive("iterations", iterations);
        }
    }

    public static OptimizerSpec adamW(
            double learningRate, double beta1, double beta2, double eps, double weightDecay, double clipNorm) {
        return new OptimizerSpec(learningRate, beta1, beta2, eps, weightDecay, clipNorm, Optional.empty());
    }
}
