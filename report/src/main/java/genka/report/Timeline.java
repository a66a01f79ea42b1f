package genka.report;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One horizontal axis for several stages, side by side, however different their numbers of steps: a stage that teaches is 1 wide, one
 * that rewards 2, since more happens in it. With one stage x is its step. Runs may share a timeline: a stage is as long as in the run that
 * took most steps.
 */
final class Timeline {
    /**
     * A stage's place.
     *
     * @param steps at {@code to}; 0 is at {@code from}
     */
    record Band(String name, double from, double to, long steps) {}

    private final Map<String, Band> bands = new LinkedHashMap<>();

    Timeline(Collection<StageMetrics> stages) {
        Map<String, Long> steps = new LinkedHashMap<>();
        Map<String, Double> widths = new LinkedHashMap<>();
        for (StageMetrics stage : stages) {
            steps.merge(stage.stage(), Math.max(1, stage.lastStep()), Math::max);
            widths.merge(stage.stage(), stage.reinforces() ? 2.0 : 1.0, Math::max);
        }
        double from = 0;
        for (Map.Entry<String, Long> stage : steps.entrySet()) {
            double width = steps.size() == 1 ? stage.getValue() : widths.getOrDefault(stage.getKey(), 1.0);
            bands.put(stage.getKey(), new Band(stage.getKey(), from, from + width, stage.getValue()));
            from += width;
        }
    }

    double x(String stage, long step) {
        Band band = bands.get(stage);
        if (band == null) {
            throw new IllegalArgumentException("stage " + stage + " is not on this timeline");
        }
        return band.from() + (band.to() - band.from()) * step / band.steps();
    }

    List<Band> bands() {
        return new ArrayList<>(bands.values());
    }

    /** A figure of those stages as pairs of x and y by band, at most {@code most} in each. */
    List<double[][]> parts(Collection<StageMetrics> stages, String figure, int most) {
        return bands.keySet().stream()
                .map(band -> stages.stream()
                        .filter(stage -> stage.stage().equals(band))
                        .flatMap(stage -> stage.figure(figure).stream())
                        .findFirst()
                        .map(series -> points(band, series.thinned(most)))
                        .orElse(new double[0][]))
                .toList();
    }

    private double[][] points(String band, Series series) {
        double[][] points = new double[series.size()][];
        for (int i = 0; i < points.length; i++) {
            points[i] = new double[] {x(band, series.step(i)), series.value(i)};
        }
        return points;
    }
}
