package genka.train;

/**
 * An exponential moving average of the weights, as DeepSeek-V3 keeps one to see early how the model will do after the rate has decayed
 * (arXiv 2412.19437 §3.2.2). Step t of n counts with d^(n−t) over the sum of these, so that the weights before training do not count: the
 * first update's share is 1, later ones come down to 1 − d. Laid out as the weights.
 */
final class WeightAverage {
    private final double decay;
    private final float[] values;
    private final float[] average;
    private float share;

    /** @param values the live weights, which the average begins as */
    WeightAverage(double decay, float[] values) {
        this.decay = decay;
        this.values = values;
        this.average = values.clone();
    }

    /** Before {@link #add} after the update of that number, from 1. */
    void begin(long update) {
        share = (float) ((1 - decay) / (1 - Math.pow(decay, update)));
    }

    /** Takes the values from..to in; ranges may be added on several threads. */
    void add(int from, int to) {
        for (int i = from; i < to; i++) {
            average[i] += share * (values[i] - average[i]);
        }
    }

    /** Exchanges the live weights and the average: what works with the weights now works with the average, until the next call. */
    void exchange() {
        for (int i = 0; i < values.length; i++) {
            float live = values[i];
            values[i] = average[i];
            average[i] = live;
        }
    }

    /** The live array, for checkpoints and copies. */
    float[] array() {
        return average;
    }
}
