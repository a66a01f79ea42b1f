package genka.train;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * How a run ended.
 *
 * @param wallSeconds of this attempt, from the process's start
 * @param before the evaluation before reinforcement learning starts (of a recipe without it: the first of all)
 * @param after the last evaluation
 * @param troubles what the curves of its reinforcement stages showed
 * @param modelDir where the model is in Hugging Face's format; empty when the run was stopped before its end
 */
public record RunResult(
        String run,
        String recipe,
        long seed,
        State state,
        double wallSeconds,
        List<Stage> stages,
        List<Evaluation> evaluations,
        Optional<Evaluation> before,
        Optional<Evaluation> after,
        Optional<Exchange> exchangeBefore,
        Optional<Exchange> exchangeAfter,
        List<Trouble> troubles,
        Optional<Path> modelDir,
        Path folder) {
    public RunResult {
        stages = List.copyOf(stages);
        evaluations = List.copyOf(evaluations);
        troubles = List.copyOf(troubles);
    }

    /** What {@code run --json} and result.json say, in this order. */
    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("run", run);
        json.put("recipe", recipe);
        json.put("seed", seed);
        json.put("state", state.name().toLowerCase(Locale.ROOT));
        json.put("wall_s", wallSeconds);
        json.put("stages", stages.stream().map(RunResult::json).toList());
        before.ifPresent(evaluation -> json.put("before", evaluation.json()));
        after.ifPresent(evaluation -> json.put("after", evaluation.json()));
        json.put("troubles", troubles.stream().map(Trouble::json).toList());
        modelDir.ifPresent(dir -> json.put("model_dir", dir.toString()));
        return json;
    }

    private static Map<String, Object> json(Stage stage) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", stage.name());
        json.put("wall_s", stage.wallSeconds());
        json.put("tokens", stage.tokens());
        json.put("tokens_per_s", stage.tokensPerSecond());
        json.put("steps", stage.steps());
        return json;
    }

    /** How an attempt ends when nothing fails. */
    public enum State {
        FINISHED,
        /** Asked to stop; a checkpoint is there to resume from. */
        STOPPED
    }

    /**
     * What a stage took, over all attempts that count.
     *
     * @param wallSeconds data, training, evaluation and checkpoints of the stage
     * @param tokens trained on (supervised) or generated (GRPO)
     */
    public record Stage(String name, long steps, double wallSeconds, long tokens) {
        public double tokensPerSecond() {
            return wallSeconds > 0 ? tokens / wallSeconds : 0;
        }
    }

    /** One question and what the model said. */
    public record Exchange(String prompt, String response, double score) {}
}
