package genka.train;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How a run ended.
 *
 * @param wallSeconds of this attempt, from the process's start
 * @param before the evaluation before reinforcement learning starts (of a recipe without it: the first of all)
 * @param after the last evaluation
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
        Optional<Path> modelDir,
        Path folder) {
    public RunResult {
        stages = List.copyOf(stages);
        evaluations = List.copyOf(evaluations);
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
