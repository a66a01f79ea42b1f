package genka.train;

import genka.catalog.StageSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A stage under way. Steps count from 0; everything random in a step is a function of seed, stage and step. */
sealed interface Stage permits SupervisedStage, GrpoStage, SamplingStage {
    StageSpec spec();

    default String name() {
        return spec().name();
    }

    long steps();

    /** Its weights, with the optimizer that changes them; empty for a stage that only reads them. */
    Optional<StageWeights> weights();

    /** Before the first step of a stage that was not begun. */
    void begin();

    /** What {@link #begin} measured, of a stage that measures. */
    default Optional<RunEvents.PreFlight> preFlight() {
        return Optional.empty();
    }

    /** The same measurement after the last step. */
    default Optional<RunEvents.PreFlight> postFlight() {
        return Optional.empty();
    }

    /** Whoever watches this stage's curves for trouble. */
    default Optional<Diagnostics> diagnostics() {
        return Optional.empty();
    }

    Report step(long step);

    /** Whether evaluations are answers to prompts, not text. */
    boolean answers();

    /** What the model can do now; empty for a stage that does not change it. */
    Optional<Evaluation> evaluate(long step);

    /** Prompts of the evaluation and what the model says to them now; none where the stage has no prompts. */
    default List<RunResult.Exchange> exchanges() {
        return List.of();
    }

    /** What a stage that writes a data set has written so far. */
    default Optional<RunResult.Kept> kept() {
        return Optional.empty();
    }

    /** Shows a sampled answer whole. */
    Sample sample(long step);

    /** Where its data stands. */
    long[] position();

    /** Arrays beside those of {@link #weights} that a checkpoint needs: the reference policy. */
    Map<String, float[]> arrays();

    /** Goes on where a checkpoint left. */
    void restore(Checkpoint checkpoint);

    /**
     * One step's figures.
     *
     * @param metric name of the figure that progress shows
     * @param tokens trained on or generated
     * @param metrics what metrics.jsonl keeps
     */
    record Report(String metric, double value, long tokens, long answers, Map<String, Double> metrics) {}

    /** A sampled answer; score NaN for text. */
    record Sample(String prompt, String response, double score) {}
}
