package genka.train;

import genka.catalog.StageSpec;
import java.util.List;
import java.util.OptionalInt;

/** Whose weights each stage starts from. Stages are named by their index. */
final class Lineage {
    private final List<StageSpec> stages;

    Lineage(List<StageSpec> stages) {
        this.stages = List.copyOf(stages);
    }

    /** The earlier stage that left the weights this one starts from; empty when it starts from its model's first weights. */
    OptionalInt origin(int stage) {
        StageSpec spec = stages.get(stage);
        String start = spec.inputs().start().orElse("");
        if (start.equals(StageSpec.Inputs.FRESH)) {
            return OptionalInt.empty();
        }
        if (start.isEmpty()) {
            return left(spec.inputs().model(), stage);
        }
        for (int i = 0; i < stage; i++) {
            if (stages.get(i).name().equals(start)) {
                return held(i);
            }
        }
        throw new IllegalArgumentException("stage " + spec.name() + " starts from " + start + ", which is no stage");
    }

    /** The stage whose weights are at hand when this one ends: itself, unless it changes none. */
    OptionalInt held(int stage) {
        return stages.get(stage) instanceof StageSpec.Training ? OptionalInt.of(stage) : origin(stage);
    }

    /** The last stage before {@code before} that trained the model. */
    OptionalInt left(String model, int before) {
        for (int i = before - 1; i >= 0; i--) {
            StageSpec spec = stages.get(i);
            if (spec instanceof StageSpec.Training && spec.inputs().model().equals(model)) {
                return OptionalInt.of(i);
            }
        }
        return OptionalInt.empty();
    }
}
