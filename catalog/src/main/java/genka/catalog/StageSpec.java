package genka.catalog;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One stage of a recipe. Stages run in order; each says which model it works on and where its weights and data come from. */
public sealed interface StageSpec {
    /** Unique in the recipe; the kind when the file gives no name. */
    String name();

    /** As the recipe writes it: pretrain, sft, distill, grpo, rejection-sample. */
    String kind();

    Inputs inputs();

    /** A stage that changes weights. */
    sealed interface Training extends StageSpec {
        OptimizerSpec optimizer();

        ScheduleSpec schedule();
    }

    /**
     * What goes into a stage.
     *
     * @param model name of the model it trains or asks ({@link Recipe#MAIN} unless told)
     * @param start where its weights come from: {@link #FRESH}, the name of an earlier stage, or empty for as this model was left
     * @param data sources of the recipe, or data sets that earlier stages wrote, by name, each with its weight
     */
    record Inputs(String model, Optional<String> start, Map<String, Double> data) {
        /** Starts from the model's first weights, whatever was learned since. */
        public static final String FRESH = "fresh";

        /** The recipe's own model and data, weights as they are. */
        public static final Inputs MAIN = new Inputs(Recipe.MAIN, Optional.empty(), Map.of(Recipe.MAIN, 1.0));

        public Inputs {
            Require.that(!data.isEmpty(), "data must name a source or more");
            data.forEach((name, weight) -> Require.positive("data." + name, weight));
            data = Collections.unmodifiableMap(new LinkedHashMap<>(data));
        }
    }

    /** How the stage treats the weights. */
    default WeightSpec weights() {
        return WeightSpec.ALL;
    }

    /** Steps between evaluations; 0 for only before and after, where they say something. */
    default long evaluateEvery() {
        return 0;
    }

    /** Steps between samples to show; 0 for none. */
    long sampleEvery();

    /** When the stage ends before its last step; empty for never. */
    default Optional<StopSpec> stop() {
        return Optional.empty();
    }

    /** Steps it usually takes until it may stop, where the recipe says so; for plans only. */
    default Optional<Integer> usualSteps() {
        return stop().flatMap(StopSpec::usualSteps);
    }

    /** Which tokens count in the loss. */
    enum LossOn {
        ALL,
        RESPONSE
    }

    /**
     * Next-token training: kind {@code pretrain} (loss on all tokens unless told), {@code sft} (loss on responses) or {@code distill}
     * (the same, on what another model of the recipe wrote).
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
            Inputs inputs,
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
            Optional<StopSpec> stop,
            WeightSpec weights,
            OptimizerSpec optimizer,
            ScheduleSpec schedule)
            implements Training {
        public Supervised {
            Require.that(
                    steps.isPresent() != tokens.isPresent(), name + ": steps or tokens must say how long the stage is");
            Require.positive("steps", steps.orElse(1L));
            Require.positive("tokens", tokens.orElse(1.0));
            Require.positive("batch", batch);
            Require.positive("sequence_length", sequenceLength);
            Require.positive("accumulate", accumulate);
            Require.notNegative("mtp_weight", mtpWeight);
            Require.notNegative("balance_weight", balanceWeight);
            Require.notNegative("bias_update", biasUpdate);
        }

        /** Steps that its tokens fill, where a mean sequence has so many rows. */
        public long stepsFor(double rows) {
            return (long) Math.ceil(tokens.orElseThrow() / (batch * rows));
        }
    }

    /**
     * Group relative policy optimisation (DeepSeekMath, arXiv 2402.03300 §4), with the refinements a preset names.
     *
     * @param steps rollouts, each followed by the objective's minibatches as updates
     * @param prompts questions a rollout
     * @param group answers to each question
     * @param accumulate micro-batches an update; groups stay whole
     */
    record Grpo(
            String name,
            Inputs inputs,
            String preset,
            long steps,
            int prompts,
            int group,
            int accumulate,
            int maxNewTokens,
            double temperature,
            GrpoSpec objective,
            RewardSpec reward,
            DrawSpec draws,
            double biasUpdate,
            long evaluateEvery,
            long sampleEvery,
            Optional<StopSpec> stop,
            WeightSpec weights,
            OptimizerSpec optimizer,
            ScheduleSpec schedule)
            implements Training {
        public Grpo {
            Require.positive("steps", steps);
            Require.positive("prompts", prompts);
            Require.that(group >= 2, "group (" + group + ") must be 2 or more: advantages compare answers");
            Require.positive("accumulate", accumulate);
            Require.positive("max_new_tokens", maxNewTokens);
            Require.positive("temperature", temperature);
            Require.notNegative("bias_update", biasUpdate);
        }

        @Override
        public String kind() {
            return "grpo";
        }
    }

    /**
     * Rejection sampling (R1, arXiv 2501.12948 §2.3.3): the model answers prompts several times; right, well-formed answers become a data
     * set under the stage's name. Weights stay as they are.
     *
     * @param prompts questions in all
     * @param samples answers to each
     * @param batch questions a step
     */
    record RejectionSample(
            String name,
            Inputs inputs,
            long prompts,
            int samples,
            int batch,
            int maxNewTokens,
            double temperature,
            Filter filter,
            long sampleEvery)
            implements StageSpec {
        public RejectionSample {
            Require.positive("prompts", prompts);
            Require.positive("samples", samples);
            Require.positive("batch", batch);
            Require.positive("max_new_tokens", maxNewTokens);
            Require.positive("temperature", temperature);
        }

        @Override
        public String kind() {
            return "rejection-sample";
        }

        public long steps() {
            return Math.ceilDiv(prompts, batch);
        }
    }

    /**
     * Which right and well-formed answers are kept; of equal answers to a prompt one.
     *
     * @param language least language consistency of a thought, 0–1
     * @param longest tokens, the end token included
     * @param perPrompt most answers to one prompt
     */
    record Filter(double language, int longest, int perPrompt) {
        public Filter {
            Require.share("keep.language", language);
            Require.positive("keep.longest", longest);
            Require.positive("keep.per_prompt", perPrompt);
        }
    }

    /**
     * The objective.
     *
     * @param scale whether advantages are divided by the group's standard deviation
     * @param aggregate how token losses become one number
     * @param sequenceRatio the ratio is the sequence's geometric mean (GSPO) instead of the token's
     * @param klBeta β of the k3 estimate against the reference, 0 for no reference
     * @param unbiasedKl the KL term is multiplied by the ratio (DeepSeek-V3.2)
     * @param referenceEvery steps after which the policy becomes the reference, 0 for never (R1: 400 updates, 25 rollouts)
     * @param minibatches updates a step: its rollout is split in as many parts
     * @param dropZeroVariance leave out groups whose rewards are all equal (DAPO's dynamic sampling)
     * @param maskTruncated answers cut at the length limit do not count
     * @param entropyBonus c of −c times the mean entropy of a token, added to the loss; 0 for none
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
            boolean maskTruncated,
            double entropyBonus) {
        public GrpoSpec {
            Require.positive("clip_low", clipLow);
            Require.positive("clip_high", clipHigh);
            Require.notNegative("kl_beta", klBeta);
            Require.notNegative("reference_every", referenceEvery);
            Require.positive("minibatches", minibatches);
            Require.notNegative("entropy_bonus", entropyBonus);
        }

        /** Whether tokens weigh by their answer's advantage alone: ratios are 1 in a step's only update, and no other term asks for log-probabilities. */
        public boolean weighsByAdvantage() {
            return minibatches == 1 && klBeta == 0 && entropyBonus == 0;
        }

        public enum Aggregate {
            /** Mean over sequences of the mean over their tokens (GRPO). */
            SEQUENCE_MEAN,
            /** Sum over all tokens by their number (DAPO). */
            TOKEN_MEAN,
            /** Sum by sequences times the length limit (Dr. GRPO). */
            CONSTANT
        }
    }

    /**
     * Which questions a step asks.
     *
     * @param refill further rounds of questions, until all groups of the step differ in reward (dynamic sampling: DAPO, arXiv 2503.14476 §3.2)
     */
    record DrawSpec(int refill, Optional<CurriculumSpec> curriculum) {
        /** As the task draws them, once. */
        public static final DrawSpec PLAIN = new DrawSpec(0, Optional.empty());

        public DrawSpec {
            Require.notNegative("refill", refill);
        }
    }

    /**
     * Questions at the edge of competence: of kinds that are answered right neither hardly ever nor nearly always.
     *
     * @param low least success rate of a kind of question, 0–1
     * @param high most
     * @param refreshEvery steps after which the rates are looked at again
     */
    record CurriculumSpec(double low, double high, long refreshEvery) {
        public CurriculumSpec {
            Require.share("curriculum.low", low);
            Require.share("curriculum.high", high);
            Require.that(low < high, "curriculum.low (" + low + ") must be below high (" + high + ")");
            Require.positive("curriculum.refresh_every", refreshEvery);
        }
    }

    /**
     * Weights of the reward's parts.
     *
     * @param language of the thought's language consistency: R1 adds it as it is (arXiv 2501.12948 §2.3.2)
     * @param overlong tokens before the limit over which up to 1 is taken off (DAPO, arXiv 2503.14476 §3.4); 0 for none
     */
    record RewardSpec(double accuracy, double format, double language, int overlong) {
        public RewardSpec {
            Require.notNegative("reward.accuracy", accuracy);
            Require.notNegative("reward.format", format);
            Require.notNegative("reward.language", language);
        }
    }

    /**
     * Stop early: when evaluations reach a greedy accuracy, or when they get no better.
     *
     * @param greedyAccuracy 0–1, to be reached {@code times} evaluations in a row
     * @param patience evaluations in a row without a new best (greedy accuracy, or bits per byte of held-out text)
     * @param usualSteps steps it usually takes until then, for plans only
     */
    record StopSpec(
            Optional<Double> greedyAccuracy, int times, Optional<Integer> patience, Optional<Integer> usualSteps) {
        public StopSpec {
            Require.that(
                    greedyAccuracy.isPresent() || patience.isPresent(),
                    "stop: greedy_accuracy or patience must say when to stop");
            Require.share("stop.greedy_accuracy", greedyAccuracy.orElse(0.0));
            Require.positive("stop.times", times);
            Require.positive("stop.patience", patience.orElse(1));
        }
    }

    /**
     * How a stage treats the weights: which change, how precisely they multiply, which it ends with.
     *
     * @param freeze patterns of parameter names, * for any characters: these keep their bits
     * @param ema decay of the average over the weights of all steps, 0 for no average
     * @param precision of the layers' products in training; evaluations and sampling are float
     * @param endWith what the next stage begins with, or the run ends with
     */
    record WeightSpec(List<String> freeze, Precision precision, double ema, End endWith) {
        /** Everything learns in float, nothing is averaged, the last weights stay. */
        public static final WeightSpec ALL = new WeightSpec(List.of(), Precision.FLOAT, 0, End.LAST);

        public WeightSpec {
            freeze = List.copyOf(freeze);
            Require.that(ema >= 0 && ema < 1, "ema (" + ema + ") must be 0 or more and below 1");
            Require.that(endWith != End.EMA || ema > 0, "end_with: ema needs an ema above 0");
        }

        public enum Precision {
            FLOAT,
            /** Operands in e4m3 as DeepSeek-V3 trains (arXiv 2412.19437 §3.3), simulated. */
            FP8_SIM
        }

        public enum End {
            /** Those of the last step. */
            LAST,
            /** Those that were best when evaluated; with an average, the average competes. */
            BEST,
            /** The average. */
            EMA
        }
    }

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
