package genka.train;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

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
            double truncatedShare) {
        /** Under the names that files use. */
        public Map<String, Object> json() {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("prompts", prompts);
            json.put("samples", samples);
            json.put("pass_at_1", passAt1);
            json.put("pass_at_16", passAt16);
            json.put("format_rate", formatRate);
            json.put("truncated_share", truncatedShare);
            return json;
        }

        /** What {@link #json} wrote. */
        static PreFlight of(String stage, JsonNode json) {
            return new PreFlight(
                    stage,
                    json.path("prompts").asInt(0),
                    json.path("samples").asInt(0),
                    json.path("pass_at_1").asDouble(Double.NaN),
                    json.path("pass_at_16").asDouble(Double.NaN),
                    json.path("format_rate").asDouble(Double.NaN),
                    json.path("truncated_share").asDouble(Double.NaN));
        }
    }

    default void runStarted(RunStart start) {}

    /** {@code index} counts from 0. */
    default void stageStarted(String stage, int index, int of) {}

    default void progress(Progress progress) {}

    default void evaluated(Evaluation evaluation) {}

    /** What the average of the weights can do, where a stage has one that it does not keep for certain. */
    default void averageEvaluated(Evaluation evaluation) {}

    default void preFlight(PreFlight preFlight) {}

    /** The same prompts as before the stage, answered again after its last step. */
    default void postFlight(PreFlight postFlight) {}

    /** A stage's curves show something its user should know; each kind once a stage. */
    default void trouble(Trouble trouble) {}

    /** A sampled answer shown whole; {@code score} 0–1, NaN for text. */
    default void sample(String stage, long step, String prompt, String response, double score) {}

    /** Something worth a line: a checkpoint that could not be read, an early stop. */
    default void notice(String text) {}

    default void checkpointed(String stage, long step, Path file) {}

    default void stageFinished(RunResult.Stage stage) {}
}
