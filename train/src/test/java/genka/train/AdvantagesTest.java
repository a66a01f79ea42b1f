package genka.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import genka.model.SafeTensors;
import genka.testkit.Golden;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdvantagesTest {
    @ParameterizedTest
    @CsvSource({"group, true", "none, false"})
    void equalTheReference(String name, boolean scale) {
        try (SafeTensors golden = SafeTensors.open(Golden.path("grpo/expected.safetensors"))) {
            float[] actual = new float[12];
            assertThat(Advantages.of(golden.floats("rewards"), 12, 4, scale, actual))
                    .isEqualTo(1);
            float[] expected = golden.floats("advantages." + name);
            for (int i = 0; i < 12; i++) {
                assertThat(actual[i]).isCloseTo(expected[i], within(1e-6f));
            }
        }
    }

    @Test
    void aGroupOfEqualRewardsIsExactlyZeroAndCounted() {
        float[] rewards = {0.1f, 0.1f, 0.1f, 0, 0, 0, 1, 0, 0};
        float[] advantages = new float[9];
        assertThat(Advantages.of(rewards, 9, 3, true, advantages)).isEqualTo(2);
        assertThat(advantages).startsWith(0, 0, 0, 0, 0, 0);
        assertThat(advantages[6]).isPositive();
    }

    @Test
    void aGroupOfOneTeachesNothing() {
        float[] advantages = {9};
        assertThat(Advantages.of(new float[] {1}, 1, 1, true, advantages)).isEqualTo(1);
        assertThat(advantages).containsExactly(0);
    }
}
