package genka.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class LossErrorTest {
    private static final int STEPS = 100;

    @Test
    void aRunThatIsAlwaysAPercentHigherIsAPercentOff() {
        double[] reference =
                IntStream.range(0, STEPS).mapToDouble(step -> 3.0 / (1 + step)).toArray();
        double[] higher = Arrays.stream(reference).map(loss -> 1.01 * loss).toArray();
        LossError error = LossError.of(higher, reference);
        for (double figure : new double[] {error.mean(), error.largest(), error.bias(), error.atEnd()}) {
            assertThat(figure).isCloseTo(0.01, within(1e-12));
        }
        assertThat(LossError.of(reference, higher).bias()).isNegative();
    }

    @Test
    void errorsThatTakeTurnsHaveASizeButNoBias() {
        double[] reference = new double[STEPS];
        Arrays.fill(reference, 2);
        double[] turning = IntStream.range(0, STEPS)
                .mapToDouble(step -> step % 20 < 10 ? 2.02 : 1.98)
                .toArray();
        LossError error = LossError.of(turning, reference);
        assertThat(error.mean()).isGreaterThan(0.002).isLessThan(error.largest());
        assertThat(error.bias()).isCloseTo(0, within(1e-3));
    }

    @Test
    void theFirstTenthDoesNotCount() {
        double[] reference = new double[STEPS];
        Arrays.fill(reference, 1);
        double[] late = reference.clone();
        late[0] = 1.5;
        assertThat(LossError.smoothed(late)[9]).isCloseTo(1 + 0.5 * Math.pow(0.9, 9), within(1e-12));
        assertThat(LossError.of(late, reference).largest()).isCloseTo(0.5 * Math.pow(0.9, 10), within(1e-12));
    }
}
