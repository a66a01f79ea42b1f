package genka.report;

import static genka.report.Told.evaluation;
import static genka.report.Told.metrics;
import static genka.report.Told.step;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AhaTest {
    private static final String REWARDED = step("grpo", 1, "reward", 0.3);

    @Test
    void itIsTheSteepestRiseOfAccuracyAndLength() {
        Metrics metrics = metrics(
                REWARDED,
                evaluation("grpo", 2, 0.10, 3),
                evaluation("grpo", 4, 0.25, 5),
                evaluation("grpo", 6, 0.90, 20),
                evaluation("grpo", 8, 1.00, 22));
        assertThat(Aha.of(metrics)).hasValue(new Aha("grpo", 4, 6, 0.25, 0.90, 5, 20));
    }

    @Test
    void accuracyWithoutLongerAnswersIsNone() {
        assertThat(Aha.of(metrics(REWARDED, evaluation("grpo", 2, 0.1, 9), evaluation("grpo", 4, 0.9, 9))))
                .isEmpty();
    }

    @Test
    void longerAnswersWithoutAccuracyAreNone() {
        assertThat(Aha.of(metrics(REWARDED, evaluation("grpo", 2, 0.1, 3), evaluation("grpo", 4, 0.19, 30))))
                .isEmpty();
    }

    @Test
    void aStageThatTeachesHasNone() {
        assertThat(Aha.of(metrics(
                        step("sft", 1, "loss", 3), evaluation("sft", 2, 0.1, 3), evaluation("sft", 4, 0.9, 30))))
                .isEmpty();
    }

    /** Ten points of accuracy and a tenth of length. */
    @ParameterizedTest
    @CsvSource({"0.31, 11.1, true", "0.29, 11.1, false", "0.31, 10.9, false"})
    void bothHaveToRiseByATenth(double accuracy, double tokens, boolean expected) {
        Metrics metrics = metrics(REWARDED, evaluation("grpo", 2, 0.2, 10), evaluation("grpo", 4, accuracy, tokens));
        assertThat(Aha.of(metrics).isPresent()).isEqualTo(expected);
    }
}
