package genka.train;

import static genka.train.Course.noise;
import static genka.train.Course.rates;
import static genka.train.Course.stage;
import static org.assertj.core.api.Assertions.assertThat;

import genka.train.Trouble.Kind;
import genka.train.Trouble.Severity;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How much of something is a trouble: each threshold from both sides. */
class TroubleThresholdsTest {
    private static Course with(Figure figure, IntToDoubleFunction course) {
        return new Course().with(figure, course);
    }

    private static void told(Kind kind, boolean expected, Course course, double... heldOut) {
        assertThat(course.kinds(heldOut).contains(kind)).isEqualTo(expected);
    }

    /** A fifth of the answers, and a tenth more than the base's. */
    @ParameterizedTest
    @CsvSource({"0, 0.18, false", "0, 0.22, true", "0.15, 0.22, false", "0.15, 0.27, true"})
    void answersAreCutOff(double base, double share, boolean expected) {
        Course course = with(Figure.TRUNCATED_SHARE, step -> step < 50 ? base : share)
                .from(new RunEvents.PreFlight("grpo", 32, 16, 0.2, 0.9, 1, base));
        told(Kind.LENGTH_EXPLOSION, expected, course);
    }

    @ParameterizedTest
    @CsvSource({"0.06, false", "0.04, true"})
    void aTenthOfTheEntropyIsLeft(double entropy, boolean expected) {
        told(Kind.ENTROPY_COLLAPSE, expected, with(Figure.ENTROPY, step -> step < 50 ? 0.5 : entropy));
    }

    @ParameterizedTest
    @CsvSource({"11, false", "9, true"})
    void answersAreHalfAsLong(double tokens, boolean expected) {
        Course course = with(Figure.RESPONSE_TOKENS, step -> step < 50 ? 20 : tokens)
                .with(Figure.ACCURACY, step -> 0.3 - 0.001 * step + noise(step));
        told(Kind.LENGTH_COLLAPSE, expected, course);
    }

    @ParameterizedTest
    @CsvSource({"0.94, false", "0.96, true"})
    void nearlyAllGroupsHaveOneReward(double share, boolean expected) {
        told(Kind.NO_SIGNAL, expected, with(Figure.ZERO_VARIANCE_SHARE, step -> share));
    }

    @ParameterizedTest
    @CsvSource({"0.89, WARNING", "0.91, NOTE"})
    void aTaskIsSolved(double accuracy, Severity severity) {
        Course decided = with(Figure.ZERO_VARIANCE_SHARE, step -> 1).with(Figure.ACCURACY, step -> accuracy);
        assertThat(decided.troubles())
                .filteredOn(trouble -> trouble.kind() == Kind.NO_SIGNAL)
                .extracting(Trouble::severity)
                .containsExactly(severity);
    }

    /** Six windows of five steps; a rise that comes later was still none until then. */
    @ParameterizedTest
    @CsvSource({"20, false", "40, true"})
    void aRewardStaysFlat(int risesAt, boolean expected) {
        Course course = with(Figure.REWARD, step -> (step < risesAt ? 0.3 : 0.5) + noise(step));
        told(Kind.REWARD_FLAT, expected, course);
        course.troubles().stream()
                .filter(trouble -> trouble.kind() == Kind.REWARD_FLAT)
                .forEach(trouble -> assertThat(trouble.step()).isEqualTo(30));
    }

    /** Training ends at 58 % or so. */
    @ParameterizedTest
    @CsvSource({"0.45, false", "0.39, true"})
    void trainingLeavesHeldOutAccuracyBehind(double heldOut, boolean expected) {
        told(Kind.REWARD_HACKING, expected, new Course(), heldOut, heldOut, heldOut, heldOut);
    }

    /** Ten times the usual is no matter while it is little, and one nat is far without a jump. */
    @ParameterizedTest
    @CsvSource({"0.001, 0.09, false", "0.001, 0.11, true", "0.02, 0.19, false", "0.5, 0.95, false", "0.5, 1.05, true"})
    void thePolicyLeavesItsReference(double usual, double now, boolean expected) {
        Course course =
                with(Figure.KL, step -> step < 50 ? usual : now).on(stage("stages.grpo.objective.kl_beta=0.01"));
        told(Kind.KL_BLOW_UP, expected, course);
    }

    /** From 20 % to a base's 70 % a third of the way is 36.7 %; a third of the groups must be decided, and prompts be left. */
    @ParameterizedTest
    @CsvSource({
        "0.35, 0.5, 0.7, false",
        "0.39, 0.5, 0.7, true",
        "0.6, 0.33, 0.7, false",
        "0.6, 0.37, 0.7, true",
        "0.6, 0.5, 0.94, true",
        "0.6, 0.5, 0.96, false",
        "0.92, 0.5, 0.94, false"
    })
    void aPlateauIsTheWall(double plateau, double decided, double passAt16, boolean expected) {
        IntToDoubleFunction saturating = step -> plateau - (plateau - 0.2) * Math.exp(-step / 8.0) + noise(step);
        Course course = with(Figure.ACCURACY, saturating)
                .with(Figure.REWARD, saturating)
                .with(Figure.ZERO_VARIANCE_SHARE, step -> decided)
                .from(rates(0.2, passAt16));
        told(Kind.COVERAGE_WALL, expected, course);
    }

    @ParameterizedTest
    @CsvSource({
        "0.04, 0.01, 0, NOTHING_TO_REINFORCE",
        "0.06, 0.01, 0, ",
        "1, 0.96, 0, ALREADY_SOLVED",
        "1, 0.94, 0, ",
        "0.9, 0.2, 0.45, ",
        "0.9, 0.2, 0.55, LENGTH_EXPLOSION"
    })
    void theBaseIsLookedAt(double passAt16, double passAt1, double cutOff, String kind) {
        var base = new RunEvents.PreFlight("grpo", 32, 16, passAt1, passAt16, 1, cutOff);
        assertThat(PreFlightCheck.look(base, stage()).map(Trouble::kind))
                .isEqualTo(java.util.Optional.ofNullable(kind).map(Kind::valueOf));
    }

    /** A twentieth of the stage, from five to twenty steps. */
    @ParameterizedTest
    @CsvSource({"10, 5", "100, 5", "200, 10", "300, 15", "1000, 20"})
    void windowsGrowWithTheStage(int steps, int window) {
        assertThat(new Trajectory(stage(steps)).window()).isEqualTo(window);
    }

    /** By more than z standard errors of the difference: of two means over four steps with variance 2 each that is 1. */
    @Test
    void aMeanIsAboveAnotherByStandardErrors() {
        var low = new Trajectory.Window(1, 2, 4);
        assertThat(new Trajectory.Window(2.9, 2, 4).above(low, 2)).isFalse();
        assertThat(new Trajectory.Window(3.1, 2, 4).above(low, 2)).isTrue();
        assertThat(low.above(new Trajectory.Window(0, 0, 4), 1.5)).isFalse();
        assertThat(low.above(new Trajectory.Window(0, 0, 4), 1.3)).isTrue();
        assertThat(low.above(low, 0)).isFalse();
    }
}
