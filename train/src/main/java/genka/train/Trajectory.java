package genka.train;

import genka.catalog.StageSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A reinforcement stage so far: every step's figures, its evaluations, and what the base could do. */
final class Trajectory {
    private static final int SHORTEST_WINDOW = 5;
    private static final int LONGEST_WINDOW = 20;
    private final StageSpec.Grpo spec;
    private final Map<Figure, double[]> columns = new EnumMap<>(Figure.class);
    private final List<Double> heldOut = new ArrayList<>();
    private RunEvents.@Nullable PreFlight base;
    private int steps;

    Trajectory(StageSpec.Grpo spec) {
        this.spec = spec;
        for (Figure figure : Figure.values()) {
            columns.put(figure, new double[64]);
        }
    }

    /** Mean and spread of a figure over some steps. */
    record Window(double mean, double variance, int steps) {
        /** Whether the mean is above the other's by more than {@code z} standard errors of their difference. */
        boolean above(Window other, double z) {
            double error = Math.sqrt(variance / steps + other.variance / other.steps);
            return mean - other.mean > Math.max(z * error, 1e-9);
        }
    }

    StageSpec.Grpo spec() {
        return spec;
    }

    void add(Map<String, Double> figures) {
        columns.replaceAll((figure, values) -> {
            double[] room = steps < values.length ? values : Arrays.copyOf(values, 2 * values.length);
            room[steps] = figures.getOrDefault(figure.key(), Double.NaN);
            return room;
        });
        steps++;
    }

    void addHeldOut(double greedyAccuracy) {
        heldOut.add(greedyAccuracy);
    }

    void base(RunEvents.PreFlight measured) {
        base = measured;
    }

    Optional<RunEvents.PreFlight> base() {
        return Optional.ofNullable(base);
    }

    /** Greedy accuracy on held-out prompts, evaluation by evaluation. */
    List<Double> heldOut() {
        return heldOut;
    }

    int steps() {
        return steps;
    }

    /** Steps that a mean is taken over: a twentieth of the stage, within bounds. */
    int window() {
        return Math.clamp(spec.steps() / 20, SHORTEST_WINDOW, LONGEST_WINDOW);
    }

    double at(Figure figure, int step) {
        return column(figure)[step];
    }

    double last(Figure figure) {
        return at(figure, steps - 1);
    }

    /** The first window of the stage. */
    Window first(Figure figure) {
        return over(figure, 0, Math.min(window(), steps));
    }

    /** The newest window. */
    Window recent(Figure figure) {
        return over(figure, Math.max(0, steps - window()), steps);
    }

    /** Steps {@code from} to before {@code to}. */
    Window over(Figure figure, int from, int to) {
        double[] values = column(figure);
        double mean = 0;
        for (int i = from; i < to; i++) {
            mean += values[i];
        }
        int n = Math.max(1, to - from);
        mean /= n;
        double squares = 0;
        for (int i = from; i < to; i++) {
            squares += (values[i] - mean) * (values[i] - mean);
        }
        return new Window(mean, n > 1 ? squares / (n - 1) : 0, n);
    }

    private double[] column(Figure figure) {
        return java.util.Objects.requireNonNull(columns.get(figure));
    }
}
