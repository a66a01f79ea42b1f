package genka.train;

import static genka.catalog.StageSpec.GrpoSpec.Aggregate.CONSTANT;
import static genka.catalog.StageSpec.GrpoSpec.Aggregate.SEQUENCE_MEAN;
import static genka.catalog.StageSpec.GrpoSpec.Aggregate.TOKEN_MEAN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import genka.catalog.StageSpec.GrpoSpec;
import genka.catalog.StageSpec.GrpoSpec.Aggregate;
import genka.kernel.SeededRandom;
import genka.model.SafeTensors;
import genka.model.TokenBatch;
import genka.testkit.Golden;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GrpoObjectiveTest {
    private static final int SEQUENCES = 12;
    private static final int LENGTH = 10;
    private static final int VOCAB = 16;

    /** The variants of fixture grpo, by the names in its meta.json. */
    private static final Map<String, GrpoSpec> VARIANTS = Map.of(
            "grpo", spec(SEQUENCE_MEAN, false, 0.2, 0.2, 0.04, false),
            "grpo_eps10", spec(SEQUENCE_MEAN, false, 10, 10, 0.001, false),
            "dr_grpo", spec(CONSTANT, false, 0.2, 0.2, 0, false),
            "dapo", spec(TOKEN_MEAN, false, 0.2, 0.28, 0, false),
            "gspo", spec(SEQUENCE_MEAN, true, 0.03, 0.04, 0, false),
            "grpo_unbiased_kl", spec(SEQUENCE_MEAN, false, 0.2, 0.2, 0.04, true));

    @ParameterizedTest
    @ValueSource(strings = {"grpo", "grpo_eps10", "dr_grpo", "dapo", "gspo", "grpo_unbiased_kl"})
    void lossAndGradientEqualTheReference(String variant) {
        try (SafeTensors golden = SafeTensors.open(Golden.path("grpo/expected.safetensors"))) {
            float[] mask = golden.floats("mask");
            TokenBatch batch = padded(golden.ints("token_ids"), mask);
            GrpoObjective objective = GrpoObjective.of(variant(variant), 16);
            float[] weight = new float[batch.rows()];
            double loss = objective.compute(
                    batch,
                    golden.floats("policy_logps"),
                    golden.floats("old_logps"),
                    golden.has(variant + ".kl") ? golden.floats("ref_logps") : null,
                    golden.floats(variant.equals("dr_grpo") ? "advantages.none" : "advantages.group"),
                    SEQUENCES,
                    GrpoObjective.counted(batch),
                    weight);
            assertThat(loss).isCloseTo(golden.floats(variant + ".loss")[0], within(1e-5));
            close(objective.tokenLosses(), golden.floats(variant + ".per_token_loss"), mask, 1e-5);
            close(objective.ratios(), perToken(golden.floats(variant + ".ratio")), mask, 1e-5);
            if (golden.has(variant + ".kl")) {
                close(objective.kls(), golden.floats(variant + ".kl"), mask, 1e-5);
            }
            float[] gradient = toLogits(golden.floats("policy_logits"), batch.targets(), weight);
            float[] expected = golden.floats(variant + ".grad");
            for (int i = 0; i < expected.length; i++) {
                assertThat(gradient[i]).as("gradient %d", i).isCloseTo(expected[i], within(1e-6f));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"grpo", "grpo_eps10", "dr_grpo", "dapo", "gspo", "grpo_unbiased_kl", "gspo_unbiased_kl"})
    void weightIsTheDerivativeOfTheLoss(String variant) {
        Case c = new Case(3, 0.5);
        GrpoSpec spec =
                variant.equals("gspo_unbiased_kl") ? spec(TOKEN_MEAN, true, 0.03, 0.04, 0.3, true) : variant(variant);
        GrpoObjective objective = GrpoObjective.of(spec, 16);
        float[] weight = new float[c.batch.rows()];
        c.loss(objective, weight);
        float[] ignored = new float[c.batch.rows()];
        float h = 1f / 1024;
        for (int row = 0; row < c.batch.rows(); row++) {
            float kept = c.policy[row];
            c.policy[row] = kept + h;
            double up = c.loss(objective, ignored);
            c.policy[row] = kept - h;
            double down = c.loss(objective, ignored);
            c.policy[row] = kept;
            assertThat((double) weight[row]).as("row %d", row).isCloseTo((up - down) / (2 * h), within(2e-5));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"grpo", "dr_grpo", "dapo", "gspo"})
    void sharesOfAnUpdateAddUpToTheWhole(String variant) {
        Case c = new Case(4, 0.3);
        GrpoObjective objective = GrpoObjective.of(variant(variant), 16);
        float[] whole = new float[c.batch.rows()];
        double loss = c.loss(objective, whole);
        TokenBatch first = new TokenBatch(2, c.batch.starts(), c.batch.ids(), c.batch.targets());
        float[] part = new float[c.batch.rows()];
        double one = objective.compute(
                first, c.policy, c.old, c.reference, c.advantages, 3, GrpoObjective.counted(c.batch), part);
        long tokens = GrpoObjective.counted(first);
        assertThat(objective.counted()).isEqualTo(tokens);
        int[] starts = {c.batch.starts()[2], c.batch.starts()[3]};
        TokenBatch second = new TokenBatch(1, starts, c.batch.ids(), c.batch.targets());
        double two = objective.compute(
                second,
                c.policy,
                c.old,
                c.reference,
                new float[] {c.advantages[2]},
                3,
                GrpoObjective.counted(c.batch),
                part);
        assertThat(one + two).isCloseTo(loss, within(1e-12));
        assertThat(part).isEqualTo(whole);
    }

    @Test
    void onPolicyTheWeightsPushRightAnswersUp() {
        Case c = new Case(5, 0);
        float[] weight = new float[c.batch.rows()];
        GrpoObjective objective = GrpoObjective.of(variant("dapo"), 16);
        c.loss(objective, weight);
        assertThat(objective.meanRatio()).isEqualTo(1);
        assertThat(objective.clipShare()).isZero();
        int counted = GrpoObjective.counted(c.batch);
        for (int row = 0; row < c.batch.starts()[1]; row++) {
            float expected = c.batch.targets()[row] < 0 ? 0 : -c.advantages[0] / counted;
            assertThat(weight[row]).isCloseTo(expected, within(1e-7f));
        }
    }

    @Test
    void clipCutsOnlyWhatRunsAway() {
        TokenBatch batch = new TokenBatch(4, new int[] {0, 1, 2, 3, 4}, new int[4], new int[] {1, 1, 1, 1});
        float[] policy = {1, 1, -1, -1};
        float[] weight = new float[4];
        GrpoObjective objective = GrpoObjective.of(variant("dapo"), 16);
        objective.compute(batch, policy, new float[4], null, new float[] {1, -1, 1, -1}, 4, 4, weight);
        assertThat(weight[0]).isZero();
        assertThat(weight[1]).isPositive();
        assertThat(weight[2]).isNegative();
        assertThat(weight[3]).isZero();
        assertThat(objective.clipShare()).isEqualTo(0.5);
        assertThat(objective.maxRatio()).isCloseTo(Math.E, within(1e-6));
    }

    @Test
    void aSequenceWithoutCountedTokensOnlyWidensTheMean() {
        TokenBatch batch = new TokenBatch(2, new int[] {0, 2, 4}, new int[4], new int[] {1, 1, -1, -1});
        float[] weight = {9, 9, 9, 9};
        GrpoObjective objective = GrpoObjective.of(variant("grpo"), 16);
        double loss =
                objective.compute(batch, new float[4], new float[4], new float[4], new float[] {1, 5}, 2, 2, weight);
        assertThat(loss).isCloseTo(-0.5, within(1e-12));
        assertThat(weight).containsExactly(-0.25f, -0.25f, 0, 0);
        assertThat(objective.counted()).isEqualTo(2);
    }

    @Test
    void aKlTermNeedsAReference() {
        TokenBatch batch = new TokenBatch(1, new int[] {0, 1}, new int[1], new int[1]);
        GrpoObjective objective = GrpoObjective.of(variant("grpo"), 16);
        assertThatThrownBy(() ->
                        objective.compute(batch, new float[1], new float[1], null, new float[1], 1, 1, new float[1]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("reference");
    }

    /** Three sequences with a prompt row or two each. */
    private static final class Case {
        final TokenBatch batch = new TokenBatch(
                3, new int[] {0, 5, 7, 13}, new int[13], new int[] {-1, 1, 2, 3, 1, -1, 4, -1, -1, 1, 2, 3, 4});
        final float[] policy = new float[13];
        final float[] old = new float[13];
        final float[] reference = new float[13];
        final float[] advantages = {0.8f, -1.2f, 0.4f};

        Case(long seed, double drift) {
            SeededRandom random = SeededRandom.of(seed);
            for (int i = 0; i < 13; i++) {
                policy[i] = (float) -Math.abs(random.nextGaussian());
                old[i] = policy[i] + (float) (drift * random.nextGaussian());
                reference[i] = policy[i] + (float) (drift * random.nextGaussian());
            }
        }

        double loss(GrpoObjective objective, float[] weight) {
            return objective.compute(
                    batch, policy, old, reference, advantages, 3, GrpoObjective.counted(batch), weight);
        }
    }

    private static GrpoSpec variant(String name) {
        return Objects.requireNonNull(VARIANTS.get(name));
    }

    private static GrpoSpec spec(
            Aggregate aggregate, boolean sequenceRatio, double low, double high, double beta, boolean unbiased) {
        return new GrpoSpec(true, aggregate, sequenceRatio, low, high, beta, unbiased, 0, 1, false, false, 0);
    }

    private static TokenBatch padded(int[] ids, float[] mask) {
        int[] starts = new int[SEQUENCES + 1];
        for (int s = 0; s <= SEQUENCES; s++) {
            starts[s] = s * LENGTH;
        }
        int[] targets = ids.clone();
        for (int i = 0; i < targets.length; i++) {
            if (mask[i] == 0) {
                targets[i] = -1;
            }
        }
        return new TokenBatch(SEQUENCES, starts, ids, targets);
    }

    /** weight (onehot − softmax). */
    private static float[] toLogits(float[] logits, int[] targets, float[] weight) {
        float[] gradient = new float[logits.length];
        for (int row = 0; row < targets.length; row++) {
            double sum = 0;
            for (int i = 0; i < VOCAB; i++) {
                sum += Math.exp(logits[row * VOCAB + i]);
            }
            for (int i = 0; i < VOCAB; i++) {
                double p = Math.exp(logits[row * VOCAB + i]) / sum;
                gradient[row * VOCAB + i] = (float) (weight[row] * ((i == targets[row] ? 1 : 0) - p));
            }
        }
        return gradient;
    }

    private static float[] perToken(float[] ratio) {
        if (ratio.length > SEQUENCES) {
            return ratio;
        }
        float[] spread = new float[SEQUENCES * LENGTH];
        for (int i = 0; i < spread.length; i++) {
            spread[i] = ratio[i / LENGTH];
        }
        return spread;
    }

    private static void close(float[] actual, float[] expected, float[] mask, double tolerance) {
        double worst = 0;
        for (int i = 0; i < expected.length; i++) {
            if (mask[i] != 0) {
                worst = Math.max(worst, Math.abs(actual[i] - expected[i]) / Math.max(1, Math.abs(expected[i])));
            }
        }
        assertThat(worst).isLessThanOrEqualTo(tolerance);
    }
}
