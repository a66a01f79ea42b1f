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
 * @param wallSeconds of all attempts, each from its process's start, as the ledger has them
 * @param before the evaluation before reinforcement learning starts (of a recipe without it: the first of all)
 * @param after the last evaluation of the recipe's own model
 * @param exchangesBefore the first questions of the evaluation and the answers before reinforcement
 * @param exchangesAfter the same questions at the end
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
        List<Exchange> exchangesBefore,
        List<Exchange> exchangesAfter,
        List<Trouble> troubles,
        Optional<Path> modelDir,
        Path folder) {
    public RunResult {
        stages = List.copyOf(stages);
        evaluations = List.copyOf(evaluations);
        exchangesBefore = List.copyOf(exchangesBefore);
        exchangesAfter = List.copyOf(exchangesAfter);
        troubles = List.copyOf(troubles);
    }

    /** What result.json says, in this order. */
    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("run", run);
        json.put("recipe", recipe);
        json.put("seed", seed);
        json.put("state", state.name().toLowerCase(Locale.ROOT));
        json.put("wall_s", wallSeconds);
        json.put("stages", stages.stream().map(this::json).toList());
        before.ifPresent(evaluation -> json.put("before", evaluation.json()));
        after.ifPresent(evaluation -> json.put("after", evaluation.json()));
        json.put("exchanges_before", exchangesBefore);
        json.put("exchanges_after", exchangesAfter);
        json.put("troubles", troubles.stream().map(Trouble::json).toList());
        modelDir.ifPresent(dir -> json.put("model_dir", dir.toString()));
        return json;
    }

    /** The first evaluation of a stage, when it is of the weights it starts with. */
    public Optional<Evaluation> before(Stage stage) {
        return of(stage).findFirst().filter(evaluation -> evaluation.step() == 0);
    }

    /** The last evaluation of a stage, when it is of weights that it trained. */
    public Optional<Evaluation> after(Stage stage) {
        return of(stage).reduce((earlier, later) -> later).filter(evaluation -> evaluation.step() > 0);
    }

    private java.util.stream.Stream<Evaluation> of(Stage stage) {
        return evaluations.stream().filter(evaluation -> evaluation.stage().equals(stage.name()));
    }

    /** What result.json says of a stage: what it is, what it did to the model, how long it took. */
    public Map<String, Object> json(Stage stage) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", stage.name());
        json.put("kind", stage.kind());
        json.put("model", stage.model());
        json.put("wall_s", stage.wallSeconds());
        json.put("tokens", stage.tokens());
        json.put("tokens_per_s", stage.tokensPerSecond());
        json.put("steps", stage.steps());
        before(stage).ifPresent(evaluation -> json.put("before", evaluation.json()));
        after(stage).ifPresent(evaluation -> json.put("after", evaluation.json()));
        stage.kept().ifPresent(kept -> json.put("kept", kept.json()));
        return json;
    }

    /** How an attempt ends when nothing fails. */
    public enum State {
        FINISHED,
        /** Asked to stop; a checkpoint is there to resume from. */
        STOPPED
    }

    /**
     * What a stage took.
     *
     * @param kind as the recipe writes it
     * @param model name of the model it trained or asked
     * @param wallSeconds its time in the ledger over all attempts: evaluation, checkpoints and what was lost too. While the stage
     *     is under way, that of the work its weights hold
     * @param tokens trained on (supervised) or generated (GRPO, rejection sampling)
     * @param kept of a stage that wrote a data set
     */
    public record Stage(
            String name, String kind, String model, long steps, double wallSeconds, long tokens, Optional<Kept> kept) {
        Stage lasting(double seconds) {
            return new Stage(name, kind, model, steps, seconds, tokens, kept);
        }

        public double tokensPerSecond() {
            return wallSeconds > 0 ? tokens / wallSeconds : 0;
        }
    }

    /** The data set that a stage wrote: {@code kept} of {@code answers} to {@code prompts} questions. */
    public record Kept(long prompts, long answers, long kept) {
        Map<String, Object> json() {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("prompts", prompts);
            json.put("answers", answers);
            json.put("kept", kept);
            return json;
        }
    }

    /** One question and what the model said. */
    public record Exchange(String prompt, String response, double score) {}
}
