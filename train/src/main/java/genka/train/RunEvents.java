package genka.train;

import java.nio.file.Path;

/** What a run tells whoever watches it. Called on the run's own thread, between steps: keep it short. All methods may stay empty. */
public interface RunEvents {
    /** Ignores everything. */
    RunEvents NONE = new RunEvents() {};

    /**
     * @param resumed goes on from a checkpoint
     * @param species what the kernels run on: the vector width
     */
    record RunStart(
            String run, String recipe, Path folder, boolean resumed, long parameters, int threads, String species) {}

    /**
     * One step of a stage.
     *
     * @param metric the name of {@code value}: loss, reward
     * @param tokensPerSecond over the last steps
     * @param etaSeconds until the stage ends, if it goes on like this
     */
    record Progress(
            String stage,
            long step,
            long steps,
            double tokensPerSecond,
            double etaSeconds,
            String metric,
            double value) {}

    /** Pass rates of the base before reinforcement learning, each 0–1 ({@code passAt16} over {@code group} ≥ 16 samples, or fewer). */
    record PreFlight(
            String stage,
            int prompts,
            int samples,
            double passAt1,
            double passAt16,
            double formatRate,
            double truncatedShare) {}

    default void runStarted(RunStart start) {}

    /** {@code index} counts from 0. */
    default void stageStarted(String stage, int index, int of) {}

    default void progress(Progress progress) {}

    default void evaluated(Evaluation evaluation) {}

    default void preFlight(PreFlight preFlight) {}

    /** A sampled answer shown whole; {@code score} 0–1, NaN for text. */
    default void sample(String stage, long step, String prompt, String response, double score) {}

    /** Something worth a line: a checkpoint that could not be read, an early stop. */
    default void notice(String text) {}

    default void checkpointed(String stage, long step, Path file) {}

    default void stageFinished(RunResult.Stage stage) {}
}
