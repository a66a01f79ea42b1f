package genka.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One horizontal axis for several stages, side by side, however different their numbers of steps: a stage that teaches is 1 wide, one
 * that rewards 2, since more happens in it. With one stage x is its step.
 */
final class Timeline {
    /**
     * A stage's place.
     *
     * @param steps at {@code to}; 0 is at {@code from}
     */
    record Band(String name, double from, double to, long steps) {}

    private final Map<String, Band> bands = new LinkedHashMap<>();

    Timeline(List<StageMetrics> stages) {
        double from = 0;
        for (StageMetrics stage : stages) {
            long steps = Math.max(1, stage.lastStep());
            double width = stages.size() == 1 ? steps : stage.reinforces() ? 2 : 1;
            bands.put(stage.stage(), new Band(stage.stage(), from, from + width, steps));
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
}
