package genka.train;

import genka.catalog.AttentionSpec;
import genka.catalog.ModelSpec;
import genka.catalog.MoeSpec;
import genka.catalog.OptimizerSpec;
import genka.catalog.Recipe;
import genka.catalog.RopeSpec;
import genka.catalog.StageSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Recipes of a model small enough for tests. */
final class Tiny {
    static final String ALPHABET = "_$0123456789+-*=;?<>/T A";

    private Tiny() {}

    static ModelSpec model(int hidden, int vocab) {
        return new ModelSpec(
                "deepseek_v3",
                vocab,
                hidden,
                2,
                2 * hidden,
                new AttentionSpec.Mla(2, hidden / 2, hidden / 2, 8, 8, 8),
                Optional.of(new MoeSpec(
                        4, 2, 1, hidden, 1, 1, MoeSpec.Scoring.SIGMOID, MoeSpec.Selection.NOAUX_TC, 1, 1, true, 1)),
                0,
                1e-6,
                new RopeSpec.Plain(10000),
                false,
                512,
                Optional.empty(),
                List.of(1),
                Optional.of(0),
                List.of());
    }

    static OptimizerSpec adam(double rate) {
        return OptimizerSpec.adamW(rate, 0.9, 0.95, 1e-8, 0.01, 1);
    }

    static StageSpec.Supervised pretrain(long steps, int batch, int accumulate, long evaluateEvery) {
        return pretrain(Optional.of(steps), Optional.empty(), batch, accumulate, evaluateEvery);
    }

    /** As long as so many tokens last. */
    static StageSpec.Supervised pretrain(double tokens, int batch) {
        return pretrain(Optional.empty(), Optional.of(tokens), batch, 1, 0);
    }

    private static StageSpec.Supervised pretrain(
            Optional<Long> steps, Optional<Double> tokens, int batch, int accumulate, long evaluateEvery) {
        return new StageSpec.Supervised(
                "pretrain",
                "pretrain",
                StageSpec.Inputs.MAIN,
                steps,
                tokens,
                batch,
                48,
                accumulate,
                StageSpec.LossOn.RESPONSE,
                0,
                0,
                1e-3,
                evaluateEvery,
                evaluateEvery,
                Optional.empty(),
                StageSpec.WeightSpec.ALL,
                adam(4e-3),
                new StageSpec.ScheduleSpec.WarmupStableDecay(2, 0.3, "linear", 0.05));
    }

    /** The stage under another name, with another way with its weights. */
    static StageSpec.Supervised with(
            StageSpec.Supervised s, String name, StageSpec.WeightSpec weights, Optional<StageSpec.StopSpec> stop) {
        return with(s, name, weights, stop, s.optimizer(), s.schedule());
    }

    static StageSpec.Supervised with(
            StageSpec.Supervised s,
            String name,
            StageSpec.WeightSpec weights,
            Optional<StageSpec.StopSpec> stop,
            OptimizerSpec optimizer,
            StageSpec.ScheduleSpec schedule) {
        return new StageSpec.Supervised(
                s.kind(),
                name,
                s.inputs(),
                s.steps(),
                s.tokens(),
                s.batch(),
                s.sequenceLength(),
                s.accumulate(),
                s.lossOn(),
                s.mtpWeight(),
                s.balanceWeight(),
                s.biasUpdate(),
                s.evaluateEvery(),
                s.sampleEvery(),
                stop,
                weights,
                optimizer,
                schedule);
    }

    /** The stage with another way with its weights. */
    static StageSpec.Grpo with(StageSpec.Grpo s, StageSpec.WeightSpec weights) {
        return new StageSpec.Grpo(
                s.name(),
                s.inputs(),
                s.preset(),
                s.steps(),
                s.prompts(),
                s.group(),
                s.accumulate(),
                s.maxNewTokens(),
                s.temperature(),
                s.objective(),
                s.reward(),
                s.draws(),
                s.biasUpdate(),
                s.evaluateEvery(),
                s.sampleEvery(),
                s.stop(),
                weights,
                s.optimizer(),
                s.schedule());
    }

    static StageSpec.Grpo grpo(long steps, double klBeta, int minibatches) {
        StageSpec.GrpoSpec objective = objective(StageSpec.GrpoSpec.Aggregate.TOKEN_MEAN, klBeta, minibatches, 0);
        return grpo(steps, 16, objective, StageSpec.DrawSpec.PLAIN, 1e-3);
    }

    static StageSpec.GrpoSpec objective(
            StageSpec.GrpoSpec.Aggregate aggregate, double klBeta, int minibatches, double entropyBonus) {
        return new StageSpec.GrpoSpec(
                true, aggregate, false, 0.2, 0.2, klBeta, false, 2, minibatches, false, false, entropyBonus);
    }

    static StageSpec.Grpo grpo(
            long steps, int maxNewTokens, StageSpec.GrpoSpec objective, StageSpec.DrawSpec draws, double rate) {
        return new StageSpec.Grpo(
                "grpo",
                StageSpec.Inputs.MAIN,
                "r1-zero",
                steps,
                4,
                4,
                1,
                maxNewTokens,
                1,
                objective,
                new StageSpec.RewardSpec(1, 0.1, 0, 0),
                draws,
                1e-3,
                3,
                2,
                Optional.empty(),
                StageSpec.WeightSpec.ALL,
                adam(rate),
                new StageSpec.ScheduleSpec.Constant(0));
    }

    static Recipe recipe(long seed, int threads, List<StageSpec> stages, double everySeconds) {
        return recipe(
                seed, threads, stages, new Recipe.DataSpec.Task("digit-sum", Map.of("digits", 2), 16), everySeconds);
    }

    static Recipe recipe(long seed, int threads, List<StageSpec> stages, Recipe.DataSpec data, double everySeconds) {
        return recipe(seed, threads, stages, Map.of(Recipe.MAIN, data), everySeconds);
    }

    /** With models student and rival, smaller than main. */
    static Recipe recipe(
            long seed, int threads, List<StageSpec> stages, Map<String, Recipe.DataSpec> sources, double everySeconds) {
        boolean task = sources.get(Recipe.MAIN) instanceof Recipe.DataSpec.Task;
        return new Recipe(
                "tiny",
                "",
                seed,
                Map.of(Recipe.MAIN, source(16, task), "student", source(12, task), "rival", source(12, task)),
                task ? new Recipe.TokenizerSpec.Characters(ALPHABET, '$', '_') : new Recipe.TokenizerSpec.Bytes(),
                sources,
                stages,
                new Recipe.CheckpointSpec(everySeconds, 3),
                new Recipe.Placement.Here(threads),
                new Recipe.Budget(Optional.empty(), Optional.empty()));
    }

    private static Recipe.ModelSource source(int hidden, boolean task) {
        return new Recipe.ModelSource(
                model(hidden, task ? ALPHABET.length() : 257),
                new Recipe.InitSpec.WidthScaled(0.7, 0.5),
                Optional.empty(),
                Optional.empty());
    }
}
