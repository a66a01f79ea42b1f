package genka.plan;

import genka.catalog.StageSpec;
import genka.catalog.Transformer;
import genka.plan.StepTime.Part;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongFunction;
import java.util.function.ToDoubleFunction;

/**
 * Reinforcement on groups of answers: rollouts, then the reference's and the rewards' pass over them, then the updates, one after
 * another on the same accelerators. A rollout ends when its longest answer does: with thousands of answers some reach the limit, so a
 * step lasts at least the limit times the seconds of a token that few requests at once get.
 */
final class GrpoStage {
    /** Mean length of an answer in its limit. Assumed: R1-Zero's grew to about 10 K of 32 K (arXiv 2501.12948v2, figure 3). */
    private static final double MEAN_SHARE = 0.2;

    private static final int USUAL_PROMPT = 256;
    /** Accelerators that answer together when a model needs several; DeepSeek decodes on 144, with 32 at least (§3.4 of V3). */
    private static final int UNIT = 32;
    /** Share of a unit's requests that still run while the longest answers are written. */
    private static final double STRAGGLERS = 0.1;
    /** A forward pass beside forward and backward. */
    private static final double FORWARD = 1.0 / 3;

    /** Tokens that a step of decoding yields with one module for multi-token prediction (DeepSeek-V3 §5.4.3: 1.8 times as fast). */
    private static final double DRAFTED = 1.8;

    /**
     * How long answers are.
     *
     * @param limit tokens of the longest
     * @param mean tokens of the mean one
     * @param stragglers share of a unit's requests that run while the longest are written
     * @param perStep tokens a step of decoding yields
     * @param weights precision that the policy samples in: the one it is trained in
     */
    private record Answers(double limit, double mean, double stragglers, double perStep, Precision weights) {
        static Answers of(int limit, Job job) {
            Precision trained = job.strategy().precision();
            return new Answers(limit, meanLength(limit), STRAGGLERS, 1, trained);
        }
    }

    private GrpoStage() {}

    /** @param spreading the update's job for a batch of so many answers of mean length */
    static StagePlan plan(
            StageSpec.Grpo stage,
            Transformer model,
            Cluster cluster,
            LongFunction<Job> spreading,
            Calibrations calibrations) {
        long answers = (long) stage.prompts() * stage.group();
        int updates = stage.objective().minibatches();
        Job update = spreading.apply(Math.max(1, answers / updates));
        Calibration training = calibrations.of(update);
        double updateSeconds = updates * training.model().evaluate(update, new StepTime());
        double passes = stage.objective().klBeta() > 0 ? 2 : 1; // old policy, and reference
        double scoring = passes * FORWARD * updateSeconds;
        double rollout =
                rolloutSeconds(Answers.of(stage.maxNewTokens(), update), model, cluster, asked(stage), calibrations);
        double seconds = rollout + scoring + updateSeconds;
        Map<Part, Double> shares = new EnumMap<>(Part.class);
        shares.put(Part.ROLLOUT, rollout / seconds);
        shares.put(Part.SCORING, scoring / seconds);
        shares.put(Part.UPDATE, updateSeconds / seconds);
        Spreads.Spread spread = training.spread(update, false);
        return new StagePlan(
                stage.name(),
                update,
                LocalWork.usualSteps(stage) * updates,
                seconds / updates,
                shares,
                MemoryModel.of(update),
                spread.low(),
                spread.high());
    }

    /**
     * A stage that only samples: rollouts without updates. Accelerators hold 16-bit weights and the answers' cache.
     *
     * @param job so many answers of mean length, on the accelerators that write them
     */
    static StagePlan sampling(StageSpec.RejectionSample stage, long answers, Job job, Calibrations calibrations) {
        Transformer model = job.model();
        Cluster cluster = job.cluster();
        double seconds = rolloutSeconds(Answers.of(stage.maxNewTokens(), job), model, cluster, answers, calibrations);
        int unit = Math.min(cluster.accelerators(), unit(model, cluster));
        double cache = (double) answers / cluster.accelerators() * job.sequence() * model.cacheBytesPerToken(2);
        MemoryModel.Use memory = MemoryModel.Use.serving(2 * model.parameters() / unit, cache);
        Spreads.Spread spread = calibrations.of(job).spread(job, false);
        return new StagePlan(
                stage.name(),
                job,
                stage.steps(),
                seconds,
                Map.of(Part.ROLLOUT, 1.0),
                memory,
                spread.low(),
                spread.high());
    }

    /** Answers of a rollout, those that dynamic sampling asks for again included. */
    private static long asked(StageSpec.Grpo stage) {
        double again = stage.draws().refill() > 0 ? LocalWork.ASKED_AGAIN : 1;
        return Math.round(again * stage.prompts() * stage.group());
    }

    static int meanLength(int limit) {
        return (int) Math.max(1, MEAN_SHARE * limit);
    }

    private static double rolloutSeconds(
            Answers lengths, Transformer model, Cluster cluster, long answers, Calibrations calibrations) {
        int unit = Math.min(cluster.accelerators(), unit(model, cluster));
        double requests = Math.max(1, (double) answers * unit / cluster.accelerators());
        boolean spreads = model.moeLayers() > 0;
        int tensor = spreads ? 1 : unit;
        ServingJob all = serving(model, cluster, tensor, unit, requests, (int) lengths.mean(), lengths.weights());
        double late = Math.max(1, lengths.stragglers() * requests);
        ServingJob last = serving(model, cluster, tensor, unit, late, (int) lengths.limit(), lengths.weights());
        ServingModel tokens = new ServingModel(calibrations.of(all).constants());
        double waves = Math.max(1, requests / ServingMemory.requests(all));
        double bulk = waves * lengths.mean() * tokens.tokenSeconds(all);
        double tail = lengths.limit() * tokens.tokenSeconds(last);
        return Math.max(bulk, tail) / lengths.perStep();
    }

    /** How a stage's hours would change with other answers than assumed; scoring and updates grow with the mean answer. */
    static String sensitivity(
            StageSpec.Grpo stage, StagePlan plan, Transformer model, Cluster cluster, Calibrations calibrations) {
        long answers = asked(stage);
        Answers assumed = Answers.of(stage.maxNewTokens(), plan.job());
        Precision weights = assumed.weights();
        double share = plan.shares().getOrDefault(Part.ROLLOUT, 0.0);
        double rollout = share * plan.stepSeconds() * stage.objective().minibatches();
        ToDoubleFunction<Answers> change =
                other -> share * (rolloutSeconds(other, model, cluster, answers, calibrations) / rollout - 1);
        Answers shorter = new Answers(assumed.limit() / 2, assumed.mean(), assumed.stragglers(), 1, weights);
        Answers longer = new Answers(assumed.limit(), 2 * assumed.mean(), assumed.stragglers(), 1, weights);
        Answers many = new Answers(assumed.limit(), assumed.mean(), Math.min(1, 5 * assumed.stragglers()), 1, weights);
        StringBuilder text = new StringBuilder("stage " + stage.name() + ": "
                + percent(change.applyAsDouble(shorter)) + " hours if the longest answer is half as long, "
                + percent(change.applyAsDouble(longer) + 1 - share)
                + " if answers are twice as long in the mean, "
                + percent(change.applyAsDouble(many)) + " if half of them run to the end");
        if (model.mtpModules() > 0) {
            Answers drafted = new Answers(assumed.limit(), assumed.mean(), assumed.stragglers(), DRAFTED, weights);
            text.append(", ")
                    .append(percent(change.applyAsDouble(drafted)))
                    .append(" if multi-token prediction drafts");
        }
        return text.toString();
    }

    /** Whole ones: what it hangs on is not known better. */
    private static String percent(double change) {
        return String.format(Locale.ROOT, "%+d %%", Math.round(100 * change)).replace('-', '−');
    }

    private static ServingJob serving(
            Transformer model, Cluster cluster, int tensor, int unit, double requests, int output, Precision weights) {
        return new ServingJob(
                model,
                cluster.with(unit),
                tensor,
                unit / tensor,
                model.moeLayers() > 0 ? unit : 1,
                requests,
                USUAL_PROMPT,
                output,
                weights,
                true);
    }

    /** The fewest accelerators, a power of two, that hold 16-bit weights in 70 % of their memory; with experts a unit of 32. */
    private static int unit(Transformer model, Cluster cluster) {
        double needed = 2 * model.parameters() / (0.7 * cluster.memoryBytes());
        int unit = model.moeLayers() > 0 ? UNIT : 1;
        while (unit < needed) {
            unit *= 2;
        }
        return unit;
    }
}
