package genka.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import genka.catalog.ModelSpec;
import genka.catalog.OptimizerSpec;
import genka.catalog.Recipe.InitSpec;
import genka.catalog.StageSpec;
import genka.generate.Completion;
import genka.generate.DecodeBench;
import genka.generate.Generator;
import genka.generate.Sampling;
import genka.kernel.Gemm;
import genka.kernel.ThreadTeam;
import genka.model.Model;
import genka.model.ModelPass;
import genka.model.Parameters;
import genka.model.WeightInit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyUpdateTest {
    private static final int GROUP = 3;
    private static final int NEW_TOKENS = 9;
    private static final int STEPS = 50;

    /** With a learning rate of 0 the weights that learn stay those that sampled: a clip of a thousandth must cut nothing. */
    @ParameterizedTest
    @ValueSource(doubles = {1, 2, 0.5})
    void ratiosAreOneWhileTheWeightsStandWhateverTheTemperature(double temperature) {
        Map<String, Double> metrics = updates(1, stage(4, 1, 2, temperature, 0)).getFirst();
        assertThat(metrics.get("updates")).isEqualTo(2);
        assertThat(metrics.get("gradient_norm")).isPositive();
        assertThat(metrics.get("clip_share")).isZero();
    }

    /**
     * Eight micro-batches of one question add the gradients of one with eight, in another order: on the same answers fifty updates stay
     * together, the first to the last digits.
     */
    @Test
    void eightMicroBatchesLearnAsOne() {
        List<Map<String, Double>> whole = updates(STEPS, stage(8, 1, 1, 1, 4e-3));
        List<Map<String, Double>> parts = updates(STEPS, stage(8, 8, 1, 1, 4e-3));
        assertThat(parts).isNotEqualTo(whole);
        for (String figure : List.of("entropy", "gradient_norm")) {
            double first = figure(whole.getFirst(), figure);
            assertThat(figure(parts.getFirst(), figure)).isCloseTo(first, withinPercentage(1e-4));
            for (int step = 0; step < STEPS; step++) {
                assertThat(figure(parts.get(step), figure))
                        .as("%s at step %d", figure, step)
                        .isCloseTo(figure(whole.get(step), figure), withinPercentage(0.5));
            }
        }
        assertThat(figure(whole.getLast(), "entropy"))
                .as("it learned")
                .isLessThan(0.9 * figure(whole.getFirst(), "entropy"));
    }

    /** A vanishing bonus asks for log-probabilities before the weights, which changes the order of sums and nothing else. */
    @ParameterizedTest
    @ValueSource(doubles = {1, 2})
    void weightsKnownBeforeTheForwardLearnAsThoseTakenAfterIt(double temperature) {
        Map<String, Double> before =
                updates(1, stage(8, 1, 1, temperature, 4e-3)).getFirst();
        Map<String, Double> after =
                updates(1, stage(8, 1, 1, temperature, 4e-3, 1e-20)).getFirst();
        assertThat(after.keySet()).isEqualTo(before.keySet());
        assertThat(figure(before, "gradient_norm")).isPositive();
        before.forEach((name, value) ->
                assertThat(figure(after, name)).as(name).isCloseTo(value, within(1e-6 * Math.abs(value) + 1e-12)));
    }

    /**
     * Answers alone in their groups, but for one that is masked out, have their prompts to themselves and learn as those that share them:
     * with weights known before the forward, with ratios and a reference.
     */
    @ParameterizedTest
    @CsvSource({"1, 0", "2, 0", "2, 0.1"})
    void answersThatShareAPromptLearnAsAlone(int minibatches, double klBeta) {
        List<Map<String, Double>> shared = updates(STEPS, stage(8, GROUP, 1, minibatches, 1, 4e-3, klBeta, 0), false);
        List<Map<String, Double>> alone = updates(STEPS, stage(8 * GROUP, 2, 1, minibatches, 1, 4e-3, klBeta, 0), true);
        assertThat(shared).isNotEqualTo(alone);
        for (String figure : List.of("entropy", "gradient_norm", "kl")) {
            double first = figure(alone.getFirst(), figure);
            assertThat(figure(shared.getFirst(), figure)).isCloseTo(first, within(1e-6 * first + 1e-12));
            for (int step = 0; step < STEPS; step++) {
                double wanted = figure(alone.get(step), figure);
                assertThat(figure(shared.get(step), figure))
                        .as("%s at step %d", figure, step)
                        .isCloseTo(wanted, within(5e-3 * wanted + 1e-12));
            }
        }
    }

    private static double figure(Map<String, Double> metrics, String name) {
        return Objects.requireNonNull(metrics.get(name));
    }

    /** What each of some updates reports; all learn from the same answers, random ones of a random model. */
    private static List<Map<String, Double>> updates(int steps, StageSpec.Grpo stage) {
        return updates(steps, stage, false);
    }

    /** @param alone each answer is in a group of two, whose other is cut off */
    private static List<Map<String, Double>> updates(int steps, StageSpec.Grpo stage, boolean alone) {
        ModelSpec spec = Tiny.model(16, 24);
        try (ThreadTeam team = new ThreadTeam(2)) {
            Gemm gemm = new Gemm(team);
            Model model = new Model(spec, Parameters.of(spec));
            WeightInit.fill(model, new InitSpec.WidthScaled(0.7, 0.5), 3, team);
            int asked = alone ? stage.prompts() / GROUP : stage.prompts();
            List<int[]> questions = DecodeBench.randomPrompts(24, asked, 5, 1);
            List<int[]> prompts = new ArrayList<>(alone ? List.of() : questions);
            List<Completion> answers = new ArrayList<>();
            List<Completion> drawn = new Generator(model, gemm)
                    .generate(questions, GROUP, NEW_TOKENS, Sampling.temperature(stage.temperature()), -1, 7);
            float[] advantages = new float[asked * GROUP * (alone ? 2 : 1)];
            for (int i = 0; i < drawn.size(); i++) {
                advantages[answers.size()] = i % GROUP - 1;
                answers.add(ended(drawn.get(i), NEW_TOKENS - i % 4));
                if (alone) {
                    prompts.add(questions.get(i / GROUP));
                    answers.add(drawn.get(i));
                }
            }
            PolicyUpdate update = new PolicyUpdate(
                    stage, model, gemm, new StageWeights(stage, model, new ModelPass(model, gemm), team));
            List<Map<String, Double>> reports = new ArrayList<>();
            for (int step = 0; step < steps; step++) {
                Map<String, Double> metrics = new HashMap<>();
                update.run(step, 1, prompts, answers, advantages, metrics);
                reports.add(metrics);
            }
            return reports;
        }
    }

    /** The first tokens of an answer, as if it had ended there. */
    private static Completion ended(Completion answer, int length) {
        return new Completion(Arrays.copyOf(answer.ids(), length), Arrays.copyOf(answer.logProbs(), length), false);
    }

    private static StageSpec.Grpo stage(int prompts, int accumulate, int minibatches, double temperature, double rate) {
        return stage(prompts, accumulate, minibatches, temperature, rate, 0);
    }

    private static StageSpec.Grpo stage(
            int prompts, int accumulate, int minibatches, double temperature, double rate, double entropyBonus) {
        return stage(prompts, GROUP, accumulate, minibatches, temperature, rate, 0, entropyBonus);
    }

    private static StageSpec.Grpo stage(
            int prompts,
            int group,
            int accumulate,
            int minibatches,
            double temperature,
            double rate,
            double klBeta,
            double entropyBonus) {
        return new StageSpec.Grpo(
                "update",
                StageSpec.Inputs.MAIN,
                "r1",
                1,
                prompts,
                group,
                accumulate,
                NEW_TOKENS,
                temperature,
                new StageSpec.GrpoSpec(
                        true,
                        StageSpec.GrpoSpec.Aggregate.TOKEN_MEAN,
                        false,
                        1e-3,
                        1e-3,
                        klBeta,
                        false,
                        0,
                        minibatches,
                        false,
                        true,
                        entropyBonus),
                new StageSpec.RewardSpec(1, 0, 0, 0),
                StageSpec.DrawSpec.PLAIN,
                0,
                0,
                0,
                Optional.empty(),
                StageSpec.WeightSpec.ALL,
                OptimizerSpec.adamW(rate, 0.9, 0.95, 1e-8, 0, 1),
                new StageSpec.ScheduleSpec.Constant(0));
    }
}
