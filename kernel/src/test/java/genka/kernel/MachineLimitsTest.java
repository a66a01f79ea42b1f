package genka.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class MachineLimitsTest {
    @Test
    void limitsArePositiveOnAnyTeam() {
        try (ThreadTeam team = new ThreadTeam(2)) {
            assertThat(MachineLimits.gflops(team)).isPositive();
            assertThat(MachineLimits.readGbPerSecond(team, 1000)).isPositive();
        }
    }

    @Test
    void theMedianOfAnEvenNumberLiesBetweenTheMiddleTwo() {
        assertThat(Spread.of(4, 1, 2, 8)).isEqualTo(new Spread(3, 1, 8, 4));
        assertThat(Spread.of(5, 1, 2).median()).isEqualTo(2);
    }

    @Test
    void noMeasurementHasNoSpread() {
        assertThatThrownBy(Spread::of).isInstanceOf(IllegalArgumentException.class);
    }
}
