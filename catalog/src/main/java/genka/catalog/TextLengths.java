package genka.catalog;

import java.util.Map;

/** How long the texts of a recipe are, in tokens, as far as its data tell without running it. */
public interface TextLengths {
    /** Rows of a mean sequence that a supervised stage reads. */
    double rows(StageSpec.Supervised stage);

    /** Steps of a supervised stage: as many as it says, or as its tokens fill. */
    default long steps(StageSpec.Supervised stage) {
        return stage.steps().orElseGet(() -> stage.stepsFor(rows(stage)));
    }

    /** A mean question of tasks by their weights; 0 where none of them is a task. */
    double prompt(Map<String, Double> tasks);

    /** A mean answer of their demonstrations, the end token included. */
    double answer(Map<String, Double> tasks);
}
