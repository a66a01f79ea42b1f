package genka.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class RegretTest {
    private static Prediction of(Job job, double measured, double predicted) {
        return of(job, "1.0", measured, predicted);
    }

    private static Prediction of(Job job, String release, double measured, double predicted) {
        MeasuredRow row = new MeasuredRow(
                job.strategy().toString(), "gpt", "cluster", release, "bf16", job, measured, false, 1, Tier.GIVEN);
        return new Prediction(row, predicted, predicted, predicted);
    }

    @Test
    void isWhatTheStrategyChosenByPredictionLosesAgainstTheFastestMeasured() {
        Regret regret = Regret.of(List.of(
                of(Jobs.gpt3(8, 8, 1, 64), 10, 12),
                of(Jobs.gpt3(4, 16, 1, 64), 11, 9),
                of(Jobs.gpt3(2, 32, 1, 64), 15, 20)));
        assertThat(regret.groups()).isEqualTo(1);
        assertThat(regret.mean()).isCloseTo(10, within(1e-9));
    }

    @Test
    void rowsOfOtherWorkAreNoChoice() {
        Regret regret = Regret.of(List.of(of(Jobs.gpt3(8, 8, 1, 64), 10, 12), of(Jobs.gpt3(4, 16, 1, 128), 11, 9)));
        assertThat(regret.groups()).isZero();
    }

    @Test
    void anotherReleaseOfTheFrameworkIsNoChoice() {
        Regret regret = Regret.of(
                List.of(of(Jobs.gpt3(8, 8, 1, 64), "1.0", 10, 12), of(Jobs.gpt3(4, 16, 1, 64), "1.1", 11, 9)));
        assertThat(regret.groups()).isZero();
    }
}
