package genka.catalog;

import java.util.List;
import java.util.Optional;

/** One stage of a recipe; stages run in order, each starting from the weights the one before left. */
public sealed interface StageSpec {
    /** Unique in the recipe; the kind when the file gives no name. */
    String name();

    OptimizerSpec optimizer();

    ScheduleSpec schedule();

    /** Which tokens count in the loss. */
    enum LossOn {
        ALL,
        RESPONSE
    }

    /**
     * Next-token training: kind {@code pretrain} (loss on all tokens unless told) or {@code sft} (loss on responses).
     *
     * @param steps optimizer steps, or empty when {@code tokens} says how long
     * @param batch sequences a step
     * @param sequenceLength tokens a sequence at most
     * @param accumulate micro-batches a step
     * @param mtpWeight λ of the multi-token prediction loss
     * @param balanceWeight α of the sequence-wise balance loss, 0 for none
     * @param biasUpdate γ of the router's correction bias, 0 for none
     * @param evaluateEvery steps between evaluations, 0 for only at the end
     * @param sampleEvery steps between printed samples, 0 for none
     */
    record Supervised(
            String kind,
            String name,
            Optional<Long> steps,
            Optional<Double> tokens,
            int batch,
            int sequenceLength,
            int accumulate,
            LossOn lossOn,
            double mtpWeight,
            double balanceWeight,
            double biasUpdate,
            long evaluateEvery,
            long sampleEvery,
            OptimizerSpec optimizer,
            ScheduleSpec schedule)
            implements StageSpec {}

    /** Group relative policy optimisation (DeepSeekMath, arXiv 2402.03300 §4), with the refinements a preset names. */
    record Grpo(
            String name,
            String preset,
            long steps,
            int prompts,
            int group,
            int maxNewTokens,
            double temperature,
            GrpoSpec objective,
            RewardSpec reward,
            double biasUpdate,
            long evaluateEvery,
            long sampleEvery,
            Optional<StopSpec> stop,
            OptimizerSpec optimizer,
            ScheduleSpec schedule)
            implements StageSpec {}

    /**
     * The objective.
     *
     * @param scale whether advantages are divided by the group's standard deviation
     * @param aggregate how token losses become one number
     * @param sequenceRatio the ratio is the sequence's geometric mean (GSPO) instead of the token's
     * @param klBeta β of the k3 estimate against the reference, 0 for no reference
     * @param unbiasedKl the KL term is multiplied by the ratio (DeepSeek-V3.2)
     * @param referenceEvery steps after which the policy becomes the reference (R1: 400), 0 for never
     * @param minibatches updates a rollout
     * @param dropZeroVariance leave out groups whose rewards are all equal (DAPO's dynamic sampling)
     * @param maskTruncated answers cut at the length limit do not count
     */
    record GrpoSpec(
            boolean scale,
            Aggregate aggregate,
            boolean sequenceRatio,
            double clipLow,
            double clipHigh,
            double klBeta,
            boolean unbiasedKl,
            long referenceEvery,
            int minibatches,
            boolean dropZeroVariance,
            boolean maskTruncated) {
        public enum Aggregate {
            /** Mean over sequences of the mean over their tokens (GRPO). */
            SEQUENCE_MEAN,
            /** Sum over all tokens by their number (DAPO). */
            TOKEN_MEAN,
            /** Sum by sequences times the length limit (Dr. GRPO). */
            CONSTANT
        }
    }

    /** Weights of the reward's parts. */
    record RewardSpec(double accuracy, double format) {}

    /** Stop early when an evaluation reaches this greedy accuracy (0–1) {@code times} times in a row. */
    record StopSpec(double greedyAccuracy, int times) {}

    /** AdamW (arXiv 1711.05101) with global-norm clipping. */
    record OptimizerSpec(
            double learningRate, double beta1, double beta2, double eps, double weightDecay, double clipNorm) {}

    /** The learning rate over the steps, as a multiplier of the base rate. */
    sealed interface ScheduleSpec {
        record Constant(long warmup) implements ScheduleSpec {}

        record Cosine(long warmup, double floor) implements ScheduleSpec {}

        /** Warm-up, stable, decay over the last {@code decayShare} of the steps; shape linear, cosine or 1-sqrt. */
        record WarmupStableDecay(long warmup, double decayShare, String shape, double floor) implements ScheduleSpec {}

        /** Piecewise as V3 has it: hold or cosine to a value, by share of the stage's tokens. */
        record MultiStep(long warmup, List<Phase> phases) implements ScheduleSpec {
            public MultiStep {
                phases = List.copyOf(phases);
            }
        }

        /** Until {@code untilShare} of the stage: {@code cosine} from the last multiplier to this one, else hold this one. */
        record Phase(double untilShare, double multiplier, boolean cosine) {}
    }
}
