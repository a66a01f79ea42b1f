package genka.kernel;

import java.util.Arrays;

/** Repeated measurements of one thing. */
public record Spread(double median, double min, double max, int n) {
    /** Of one or more values; the median of an even number of them is the mean of the middle two. */
    public static Spread of(double... values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("no measurements");
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int half = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
        return new Spread(median, sorted[0], sorted[sorted.length - 1], sorted.length);
    }
}
