package genka.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Slowness of measured layer shapes beside what the constants say: kernels of one size are faster or slower than those a bit larger or
 * smaller, which no smooth efficiency knows. It counts for steps of that very shape only.
 */
record LayerShapes(Map<LayerShape, Measured> byShape) {
    /** @param slowness measured over predicted seconds of a step */
    record Measured(double slowness, int rows) {}

    static final LayerShapes NONE = new LayerShapes(Map.of());

    /** Steps of a shape must have been measured this often, or their own noise would be taken for the shape's. */
    private static final int FEWEST = 8;

    /** How many rows that agree with the constants the measured ones are averaged with. */
    private static final double PRIOR_ROWS = 1;

    LayerShapes {
        byShape = Map.copyOf(byShape);
    }

    /** @param logRatios of each row, the logarithm of measured over predicted seconds */
    static LayerShapes of(List<MeasuredRow> rows, double[] logRatios) {
        Map<LayerShape, List<Double>> ratios = new LinkedHashMap<>();
        for (int i = 0; i < logRatios.length; i++) {
            LayerShape shape = LayerShape.of(rows.get(i).task());
            if (shape != null) {
                ratios.computeIfAbsent(shape, any -> new ArrayList<>()).add(logRatios[i]);
            }
        }
        Map<LayerShape, Measured> measured = new LinkedHashMap<>();
        ratios.forEach((shape, own) -> {
            if (own.size() >= FEWEST) {
                double sum = own.stream().mapToDouble(Double::doubleValue).sum();
                measured.put(shape, new Measured(Math.exp(sum / (own.size() + PRIOR_ROWS)), own.size()));
            }
        });
        return new LayerShapes(measured);
    }

    Optional<Measured> of(Task task) {
        return Optional.ofNullable(measured(task));
    }

    boolean knows(Task task) {
        return measured(task) != null;
    }

    /** 1 for a shape nobody measured. */
    double slowness(Task task) {
        Measured measured = measured(task);
        return measured == null ? 1 : measured.slowness;
    }

    private @Nullable Measured measured(Task task) {
        LayerShape shape = byShape.isEmpty() ? null : LayerShape.of(task);
        return shape == null ? null : byShape.get(shape);
    }
}
