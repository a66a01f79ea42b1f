package genka.report;

import java.util.Arrays;

/** A figure over the steps of a stage, oldest first. Grows at its end. */
public final class Series {
    private long[] steps = new long[16];
    private double[] values = new double[16];
    private int size;

    void add(long step, double value) {
        if (size == steps.length) {
            steps = Arrays.copyOf(steps, 2 * size);
            values = Arrays.copyOf(values, 2 * size);
        }
        steps[size] = step;
        values[size] = value;
        size++;
    }

    int size() {
        return size;
    }

    long step(int i) {
        return steps[i];
    }

    double value(int i) {
        return values[i];
    }

    public double first() {
        return values[0];
    }

    public double last() {
        return values[size - 1];
    }

    long lastStep() {
        return steps[size - 1];
    }

    public double[] values() {
        return Arrays.copyOf(values, size);
    }

    /** At most {@code most} points: each the mean of its share, at the step that share ends with. The last point stays as it is. */
    Series thinned(int most) {
        if (size <= most) {
            return this;
        }
        Series few = new Series();
        for (int i = 0; i < most - 1; i++) {
            int from = (int) ((long) i * (size - 1) / (most - 1));
            int to = (int) ((i + 1L) * (size - 1) / (most - 1));
            few.add(steps[to - 1], Arrays.stream(values, from, to).average().orElse(Double.NaN));
        }
        few.add(lastStep(), last());
        return few;
    }
}
