package genka.train;

import genka.catalog.ModelFlops;
import genka.catalog.ModelSpec;
import genka.catalog.OptimizerSpec;
import genka.catalog.Recipe.InitSpec;
import genka.catalog.StageSpec;
import genka.generate.Completion;
import genka.generate.DecodeBench;
import genka.generate.Generator;
import genka.generate.Sampling;
import genka.kernel.Gemm;
import genka.kernel.MachineLimits;
import genka.kernel.SeededRandom;
import genka.kernel.Spread;
import genka.kernel.ThreadTeam;
import genka.kernel.VectorSupport;
import genka.model.Model;
import genka.model.ModelPass;
import genka.model.Parameters;
import genka.model.WeightInit;
import genka.units.GenkaException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Seconds of a GRPO step with random weights: answers sampled at temperature 1, rewards, advantages, one update of all weights with
 * AdamW. No answer ends before its last token and rewards are drawn by chance, so that nothing can be learned and every answer keeps an
 * advantage: no step has less work than one whose answers end or earn alike.
 */
public final class GrpoBench {
    /** What to measure: {@code prompts} random prompts of {@code promptLength} tokens, {@code group} answers of {@code maxNewTokens} each. */
    public record Job(int prompts, int group, int promptLength, int maxNewTokens, int steps) {
        public Job {
            if (prompts < 1 || group < 2 || promptLength < 1 || maxNewTokens < 1 || steps < 1) {
                throw GenkaException.user("prompts (" + prompts + "), prompt length (" + promptLength
                        + "), new tokens (" + maxNewTokens + ") and steps (" + steps + ") must be positive and group ("
                        + group + ") at least 2. Maybe 8, 16, 64, 10 and 8?");
            }
        }

        private int answers() {
            return prompts * group;
        }
    }

    /**
     * Where the time of a step goes and what was reached of the machine's limit.
     *
     * @param rolloutTokensPerS new tokens of all answers
     * @param achievedGflops of the whole step: the rollout's forwards, the update's forward and backward
     */
    public record Report(
            int prompts,
            int group,
            int promptLength,
            int maxNewTokens,
            int threads,
            String species,
            Spread secondsPerStep,
            Spread rolloutSeconds,
            Spread updateSeconds,
            Spread rolloutTokensPerS,
            double achievedGflops,
            double peakGflops) {}

    private static final double INIT_STD = 0.02;
    private static final long WARM_UP_NANOS = 8_000_000_000L;
    private static final int NO_END = -1;
    private static final long REWARDS = 1;

    private final ModelSpec spec;
    private final Job job;
    private final ThreadTeam team;
    private final Generator generator;
    private final PolicyUpdate update;
    private final float[] rewards;
    private final float[] advantages;
    private long step;
    private double rolloutSeconds;
    private double updateSeconds;

    private GrpoBench(ModelSpec spec, Job job, ThreadTeam team) {
        this.spec = spec;
        this.job = job;
        this.team = team;
        Gemm gemm = new Gemm(team);
        Model model = new Model(spec, Parameters.of(spec));
        WeightInit.fill(model, new InitSpec.Normal(INIT_STD), 0, team);
        generator = new Generator(model, gemm);
        StageSpec.Grpo stage = stage(job);
        update = new PolicyUpdate(stage, model, gemm, new StageWeights(stage, model, new ModelPass(model, gemm), team));
        rewards = new float[job.answers()];
        advantages = new float[job.answers()];
    }

    /** Times {@code job.steps()} steps after a warm-up of about eight seconds. */
    public static Report run(ModelSpec spec, Job job, int threads) {
        try (ThreadTeam team = new ThreadTeam(threads)) {
            return run(spec, job, team, WARM_UP_NANOS);
        }
    }

    static Report run(ModelSpec spec, Job job, ThreadTeam team, long warmUpNanos) {
        return new GrpoBench(spec, job, team).measure(warmUpNanos);
    }

    private static StageSpec.Grpo stage(Job job) {
        return new StageSpec.Grpo(
                "bench",
                StageSpec.Inputs.MAIN,
                "dapo",
                job.steps(),
                job.prompts(),
                job.group(),
                1,
                job.maxNewTokens(),
                1,
                new StageSpec.GrpoSpec(
                        true,
                        StageSpec.GrpoSpec.Aggregate.TOKEN_MEAN,
                        false,
                        0.2,
                        0.2,
                        0,
                        false,
                        0,
                        1,
                        false,
                        false,
                        0),
                new StageSpec.RewardSpec(1, 0, 0, 0),
                StageSpec.DrawSpec.PLAIN,
                0,
                0,
                0,
                Optional.empty(),
                StageSpec.WeightSpec.ALL,
                OptimizerSpec.adamW(1e-3, 0.9, 0.95, 1e-8, 0, 1),
                new StageSpec.ScheduleSpec.Constant(0));
    }

    private Report measure(long warmUpNanos) {
        long end = System.nanoTime() + warmUpNanos;
        do {
            step();
        } while (System.nanoTime() < end);
        double[] total = new double[job.steps()];
        double[] rollout = new double[job.steps()];
        double[] learning = new double[job.steps()];
        double[] rate = new double[job.steps()];
        double peak = MachineLimits.gflops(team);
        for (int i = 0; i < job.steps(); i++) {
            long start = System.nanoTime();
            step();
            total[i] = (System.nanoTime() - start) * 1e-9;
            rollout[i] = rolloutSeconds;
            learning[i] = updateSeconds;
            rate[i] = job.answers() * job.maxNewTokens() / rolloutSeconds;
        }
        peak = Math.max(peak, MachineLimits.gflops(team));
        Spread seconds = Spread.of(total);
        return new Report(
                job.prompts(),
                job.group(),
                job.promptLength(),
                job.maxNewTokens(),
                team.threads(),
                VectorSupport.detect().description(),
                seconds,
                Spread.of(rollout),
                Spread.of(learning),
                Spread.of(rate),
                flops() / seconds.median() * 1e-9,
                peak);
    }

    private void step() {
        List<int[]> prompts = DecodeBench.randomPrompts(spec.vocabSize(), job.prompts(), job.promptLength(), ++step);
        long start = System.nanoTime();
        List<Completion> answers =
                generator.generate(prompts, job.group(), job.maxNewTokens(), Sampling.temperature(1), NO_END, step);
        long rolled = System.nanoTime();
        for (int i = 0; i < rewards.length; i++) {
            rewards[i] = (float) SeededRandom.uniform(REWARDS, step, i, 0);
        }
        Advantages.of(rewards, rewards.length, job.group(), true, advantages);
        Map<String, Double> metrics = new HashMap<>();
        update.run(step, 1, prompts, answers, advantages, metrics);
        rolloutSeconds = (rolled - start) * 1e-9;
        updateSeconds = (System.nanoTime() - rolled) * 1e-9;
    }

    /** Of a step: a prompt runs once for its group, in the rollout and, but for its last token, in the update. */
    private double flops() {
        double shared = job.promptLength() - 1;
        double prefill =
                (double) job.prompts() * job.promptLength() * ModelFlops.forward(spec, (job.promptLength() + 1) / 2.0);
        double decoding = (double) job.answers()
                * job.maxNewTokens()
                * ModelFlops.forward(spec, job.promptLength() + (job.maxNewTokens() + 1) / 2.0);
        double learning = job.prompts() * shared * ModelFlops.training(spec, (shared + 1) / 2)
                + (double) job.answers()
                        * job.maxNewTokens()
                        * ModelFlops.training(spec, shared + (job.maxNewTokens() + 1) / 2.0);
        return prefill + decoding + learning;
    }
}
