package genka.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import genka.catalog.ModelSpec;
import genka.catalog.OptimizerSpec;
import genka.catalog.Recipe.InitSpec;
import genka.catalog.StageSpec;
import genka.catalog.StageSpec.GrpoSpec.Aggregate;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an update's gradient is a gradient of, and which terms are in it: laws, on a random model's own answers. */
class PolicyGradientTest {
    private static final int GROUP = 4;
    private static final int NEW_TOKENS = 8;

    private final ThreadTeam team = new ThreadTeam(1);
    private final Gemm gemm = new Gemm(team);

    @AfterEach
    void close() {
        team.close();
    }

    /** A model, its answers to some questions, and a stage that learns from them. */
    private final class Learner {
        final Model model;
        final StageSpec.Grpo stage;
        final StageWeights weights;
        final PolicyUpdate update;
        final List<int[]> prompts;
        final List<Completion> answers = new ArrayList<>();

        Learner(int prompts, double temperature, double rate, double biasUpdate, StageSpec.GrpoSpec objective) {
            ModelSpec spec = Tiny.model(16, 24);
            this.model = new Model(spec, Parameters.of(spec));
            WeightInit.fill(model, new InitSpec.WidthScaled(0.7, 0.5), 3, team);
            this.stage = stage(prompts, temperature, rate, biasUpdate, objective);
            this.prompts = DecodeBench.randomPrompts(24, prompts, 5, 1);
            List<Completion> drawn = new Generator(model, gemm)
                    .generate(this.prompts, GROUP, NEW_TOKENS, Sampling.temperature(temperature), -1, 7);
            drawn.forEach(answer -> answers.add(new Completion(answer.ids(), answer.logProbs(), false)));
            this.weights = new StageWeights(stage, model, new ModelPass(model, gemm), team);
            this.update = new PolicyUpdate(stage, model, gemm, weights);
        }

        /** As if the answers to this question had been cut off: they are masked out. */
        void cutOff(int prompt) {
            for (int i = prompt * GROUP; i < (prompt + 1) * GROUP; i++) {
                Completion answer = answers.get(i);
                answers.set(i, new Completion(answer.ids(), answer.logProbs(), true));
            }
        }

        Map<String, Double> step(long step, float... advantages) {
            Map<String, Double> metrics = new HashMap<>();
            update.run(step, 1, prompts, answers, advantages, metrics);
            return metrics;
        }

        /** The last update's gradient: with β1 = 0 it is the first moment. */
        float[] gradient() {
            return weights.optimizer().firstMoment().clone();
        }

        void move(double by, float[] direction) {
            float[] values = model.parameters().values();
            for (int i = 0; i < values.length; i++) {
                values[i] += (float) (by * direction[i]);
            }
        }
    }

    private static StageSpec.Grpo stage(
            int prompts, double temperature, double rate, double biasUpdate, StageSpec.GrpoSpec objective) {
        return new StageSpec.Grpo(
                "update",
                StageSpec.Inputs.MAIN,
                "r1",
                1,
                prompts,
                GROUP,
                1,
                NEW_TOKENS,
                temperature,
                objective,
                new StageSpec.RewardSpec(1, 0, 0, 0),
                StageSpec.DrawSpec.PLAIN,
                biasUpdate,
                0,
                0,
                Optional.empty(),
                StageSpec.WeightSpec.ALL,
                OptimizerSpec.adamW(rate, 0, 0.95, 1e-8, 0, 0),
                new StageSpec.ScheduleSpec.Constant(0));
    }

    private static StageSpec.GrpoSpec objective(
            Aggregate aggregate, double klBeta, long referenceEvery, int minibatches, boolean drop, double bonus) {
        return new StageSpec.GrpoSpec(
                true, aggregate, false, 0.9, 9, klBeta, false, referenceEvery, minibatches, drop, true, bonus);
    }

    private static double figure(Map<String, Double> metrics, String name) {
        return Objects.requireNonNull(metrics.get(name));
    }

    /**
     * A small step along the gradient g changes the loss by |g| for each unit of length, at any temperature. The first question's answers
     * are masked out, so that the loss is that of one minibatch and its ratios are those to the rollout.
     */
    @ParameterizedTest
    @CsvSource({"1, 0", "2, 0", "0.5, 0", "2, 0.3"})
    void theGradientIsTheSlopeOfTheLoss(double temperature, double klBeta) {
        Learner learner = new Learner(2, temperature, 0, 0, objective(Aggregate.TOKEN_MEAN, klBeta, 0, 2, false, 0));
        learner.cutOff(0);
        float[] advantages = {0, 0, 0, 0, 1.5f, -0.5f, 0.25f, -1};
        // Away from the weights that sampled, which are the reference.
        float[] away = new float[learner.model.parameters().values().length];
        for (int i = 0; i < away.length; i++) {
            away[i] = (float) Math.sin(i);
        }
        learner.move(0.01, away);
        double norm = figure(learner.step(0, advantages), "gradient_norm");
        float[] direction = learner.gradient();
        double h = 1e-3;
        learner.move(h / norm, direction);
        double up = figure(learner.step(0, advantages), "loss");
        learner.move(-2 * h / norm, direction);
        double down = figure(learner.step(0, advantages), "loss");
        assertThat((up - down) / (2 * h)).isCloseTo(norm, withinPercentage(2));
    }

    /** With next to no advantage the loss is −bonus times the mean entropy, and going down it makes answers more varied. */
    @Test
    void theEntropyBonusRaisesTheEntropy() {
        double bonus = 0.5;
        Learner learner = new Learner(4, 1, 2e-3, 0, objective(Aggregate.TOKEN_MEAN, 0, 0, 1, false, bonus));
        float[] advantages = new float[4 * GROUP];
        for (int i = 0; i < advantages.length; i++) {
            advantages[i] = i % 2 == 0 ? 1e-6f : -1e-6f;
        }
        Map<String, Double> first = learner.step(0, advantages);
        assertThat(figure(first, "loss")).isCloseTo(-bonus * figure(first, "entropy"), within(1e-5));
        Map<String, Double> last = first;
        for (int step = 1; step <= 8; step++) {
            last = learner.step(step, advantages);
        }
        assertThat(figure(last, "entropy")).isGreaterThan(figure(first, "entropy") + 0.02);
    }

    /** The weights, biases of routers too, become the reference again: then the policy has not moved from it. */
    @Test
    void theReferenceFollowsEverySoManySteps() {
        float[] advantages = {1, -1, 0.5f, -0.5f};
        Learner following = new Learner(1, 1, 2e-3, 0.01, objective(Aggregate.TOKEN_MEAN, 0.1, 2, 1, false, 0));
        Learner staying = new Learner(1, 1, 2e-3, 0.01, objective(Aggregate.TOKEN_MEAN, 0.1, 0, 1, false, 0));
        for (int step = 0; step < 6; step++) {
            double near = figure(following.step(step, advantages), "kl");
            double far = figure(staying.step(step, advantages), "kl");
            assertThat(near > 1e-6).as("step %d", step).isEqualTo(step % 2 == 1);
            assertThat(far > 1e-6).as("step %d", step).isEqualTo(step > 0);
        }
    }

    /** DAPO leaves a group without variance out of the mean; GRPO counts it, so that it halves what the other group teaches. */
    @ParameterizedTest
    @CsvSource({"SEQUENCE_MEAN", "TOKEN_MEAN", "CONSTANT"})
    void aGroupWithoutVarianceWidensTheMeanUnlessItIsDropped(Aggregate aggregate) {
        float[] advantages = {0, 0, 0, 0, 1, -1, 0.5f, -0.5f};
        double kept = norm(objective(aggregate, 0, 0, 1, false, 0), advantages);
        double dropped = norm(objective(aggregate, 0, 0, 1, true, 0), advantages);
        assertThat(kept).isPositive();
        assertThat(dropped).isCloseTo(2 * kept, withinPercentage(1e-3));
    }

    /** Answers that are cut off do not weigh in a mean over tokens, but still are sequences. */
    @Test
    void maskedAnswersDoNotCountAmongTheTokens() {
        float[] advantages = {1, -1, 0.5f, -0.5f, 1, -1, 0.5f, -0.5f};
        Learner masked = new Learner(2, 1, 0, 0, objective(Aggregate.TOKEN_MEAN, 0, 0, 1, false, 0));
        masked.cutOff(0);
        double alone = figure(masked.step(0, advantages), "gradient_norm");
        double whole =
                norm(objective(Aggregate.TOKEN_MEAN, 0, 0, 1, true, 0), new float[] {0, 0, 0, 0, 1, -1, 0.5f, -0.5f});
        assertThat(alone).isCloseTo(whole, withinPercentage(1e-3));
    }

    private double norm(StageSpec.GrpoSpec objective, float[] advantages) {
        return figure(new Learner(2, 1, 0, 0, objective).step(0, advantages), "gradient_norm");
    }
}
