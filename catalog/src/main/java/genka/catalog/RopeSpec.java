package genka.catalog;

/** Rotary position embedding. */
public sealed interface RopeSpec {
    double theta();

    record Plain(double theta) implements RopeSpec {}

    /** YaRN (arXiv 2309.00071) with DeepSeek's two mscale factors. */
    record Yarn(
            double theta,
            double factor,
            int originalMaxPositions,
            double betaFast,
            double betaSlow,
            double mscale,
            double mscaleAllDim)
            implements RopeSpec {}

    /** Llama 3's piecewise scaling. */
    record Llama3(double theta, double factor, double lowFreqFactor, double highFreqFactor, int originalMaxPositions)
            implements RopeSpec {}
}
