/**
 * Training: tasks and data, stages, checkpoints and runs.
 *
 * <p>{@link genka.train.TrainingRun} runs a recipe's stages in order and can resume; {@link genka.train.RunEvents} is how it is watched;
 * {@link genka.train.Task} is what a user implements for an own task and reward. A stage is next-token training (DeepSeek-V3, arXiv
 * 2412.19437 §4) or group relative policy optimisation (DeepSeekMath, arXiv 2402.03300 §4.1; R1, arXiv 2501.12948). All randomness is a
 * function of seed, stage and step, so that a resumed run ends in the same bits as one that was never stopped.
 *
 * <p>It prints nothing, and knows one machine.
 */
@NullMarked
package genka.train;

import org.jspecify.annotations.NullMarked;
