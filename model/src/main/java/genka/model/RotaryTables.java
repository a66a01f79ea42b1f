package genka.model;

import genka.catalog.AttentionSpec;
import genka.catalog.RopeSpec;
import genka.units.GenkaException;

/**
 * cos and sin of the rotary angles [position, pairs] with YaRN's attention factor in them, and the softmax scale. Angles are float
 * products of position and frequency, as the reference computes them, so that far positions agree. Grows when longer sequences come.
 * YaRN: arXiv 2309.00071 §3; DeepSeek's squared mscale: DeepSeek-V2, arXiv 2405.04434 §3.1.4.
 */
final class RotaryTables {
    private final float[] inverseFrequencies;
    private final float attentionFactor;
    private final float softmaxScale;
    private int positions;
    private float[] cos = new float[0];
    private float[] sin = new float[0];

    RotaryTables(RopeSpec rope, AttentionSpec.Mla mla) {
        int dim = mla.qkRopeHeadDim();
        double scale = 1 / Math.sqrt(mla.qkHeadDim());
        switch (rope) {
            case RopeSpec.Plain plain -> {
                inverseFrequencies = plain(plain.theta(), dim);
                attentionFactor = 1;
                softmaxScale = (float) scale;
            }
            case RopeSpec.Yarn yarn -> {
                inverseFrequencies = yarn(yarn, dim);
                attentionFactor = (float) attentionFactor(yarn);
                double squared = yarn.mscaleAllDim() == 0 ? 1 : mscale(yarn.factor(), yarn.mscaleAllDim());
                softmaxScale = (float) (scale * squared * squared);
            }
            case RopeSpec.Llama3 llama ->
                throw GenkaException.user("rope_type (llama3, factor " + llama.factor()
                        + ") belongs to grouped-query models. Maybe use yarn or no rope_scaling?");
        }
    }

    private static float[] plain(double theta, int dim) {
        float[] inverse = new float[dim / 2];
        for (int i = 0; i < inverse.length; i++) {
            inverse[i] = 1 / (float) Math.pow(theta, 2f * i / dim);
        }
        return inverse;
    }

    private static float[] yarn(RopeSpec.Yarn yarn, int dim) {
        double low = Math.max(Math.floor(correction(yarn, yarn.betaFast(), dim)), 0);
        double high = Math.min(Math.ceil(correction(yarn, yarn.betaSlow(), dim)), dim - 1);
        float span = (float) (low == high ? 0.001 : high - low);
        float[] inverse = new float[dim / 2];
        for (int i = 0; i < inverse.length; i++) {
            float frequency = (float) Math.pow(yarn.theta(), 2f * i / dim);
            float ramp = Math.clamp((i - (float) low) / span, 0f, 1f);
            float kept = 1 - ramp;
            inverse[i] = 1 / ((float) yarn.factor() * frequency) * (1 - kept) + 1 / frequency * kept;
        }
        return inverse;
    }

    /** The dimension whose wavelength turns {@code rotations} times over the original context. */
    private static double correction(RopeSpec.Yarn yarn, double rotations, int dim) {
        return dim * Math.log(yarn.originalMaxPositions() / (rotations * 2 * Math.PI)) / (2 * Math.log(yarn.theta()));
    }

    private static double attentionFactor(RopeSpec.Yarn yarn) {
        if (yarn.mscale() != 0 && yarn.mscaleAllDim() != 0) {
            return mscale(yarn.factor(), yarn.mscale()) / mscale(yarn.factor(), yarn.mscaleAllDim());
        }
        return mscale(yarn.factor(), 1);
    }

    private static double mscale(double factor, double mscale) {
        return factor <= 1 ? 1 : 0.1 * mscale * Math.log(factor) + 1;
    }

    /** Makes positions 0..count-1 available. */
    void reserve(int count) {
        if (count <= positions) {
            return;
        }
        int pairs = pairs();
        int larger = Math.max(count, 2 * positions);
        cos = new float[Math.multiplyExact(larger, pairs)];
        sin = new float[larger * pairs];
        for (int p = 0; p < larger; p++) {
            for (int i = 0; i < pairs; i++) {
                float angle = p * inverseFrequencies[i];
                cos[p * pairs + i] = (float) Math.cos(angle) * attentionFactor;
                sin[p * pairs + i] = (float) Math.sin(angle) * attentionFactor;
            }
        }
        positions = larger;
    }

    int pairs() {
        return inverseFrequencies.length;
    }

    float[] cos() {
        return cos;
    }

    float[] sin() {
        return sin;
    }

    float[] inverseFrequencies() {
        return inverseFrequencies;
    }

    float softmaxScale() {
        return softmaxScale;
    }
}
