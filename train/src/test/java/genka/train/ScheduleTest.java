package genka.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import genka.catalog.StageSpec.ScheduleSpec;
import genka.catalog.StageSpec.ScheduleSpec.Phase;
import genka.model.SafeTensors;
import genka.testkit.Golden;
import genka.units.GenkaException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {
    private static final Map<String, ScheduleSpec> GOLDEN = Map.of(
            "cosine", new ScheduleSpec.Cosine(10, 0),
            "cosine_min_0.1", new ScheduleSpec.Cosine(10, 0.1),
            "wsd_cosine", new ScheduleSpec.WarmupStableDecay(10, 0.3, "cosine", 0.1),
            "wsd_linear", new ScheduleSpec.WarmupStableDecay(10, 0.3, "linear", 0),
            "wsd_1-sqrt", new ScheduleSpec.WarmupStableDecay(10, 0.3, "1-sqrt", 0));

    @ParameterizedTest
    @ValueSource(strings = {"cosine", "cosine_min_0.1", "wsd_cosine", "wsd_linear", "wsd_1-sqrt"})
    void multipliersEqualTransformers(String name) {
        ScheduleSpec spec = Objects.requireNonNull(GOLDEN.get(name));
        Schedule schedule = Schedule.of(spec, 100);
        try (SafeTensors golden = SafeTensors.open(Golden.path("optim/expected.safetensors"))) {
            double[] expected = golden.doubles("schedule." + name);
            for (int step = 0; step <= 100; step++) {
                assertThat(schedule.multiplier(step)).as("step %d", step).isCloseTo(expected[step], within(1e-12));
            }
        }
    }

    @Test
    void constantStaysAfterItsWarmup() {
        Schedule schedule = Schedule.of(new ScheduleSpec.Constant(4), 10);
        assertThat(schedule.multiplier(0)).isZero();
        assertThat(schedule.multiplier(1)).isEqualTo(0.25);
        assertThat(schedule.multiplier(4)).isEqualTo(1);
        assertThat(schedule.multiplier(9)).isEqualTo(1);
        assertThat(Schedule.of(new ScheduleSpec.Constant(0), 10).multiplier(0)).isEqualTo(1);
    }

    /** DeepSeek-V3 report §4.2: 2.2e-4 until 10T of 14.8T tokens, cosine to 2.2e-5 in 4.3T, then 333B, then 7.3e-6 for 167B. */
    @Test
    void phasesFollowDeepSeekV3() {
        List<Phase> phases = List.of(
                new Phase(10 / 14.8, 1, false),
                new Phase(14.3 / 14.8, 0.1, true),
                new Phase(14.633 / 14.8, 0.1, false),
                new Phase(1, 7.3e-6 / 2.2e-4, false));
        Schedule schedule = Schedule.of(new ScheduleSpec.MultiStep(2000, phases), 1_480_000);
        assertThat(2.2e-4 * schedule.multiplier(1000)).isCloseTo(1.1e-4, within(1e-12));
        assertThat(2.2e-4 * schedule.multiplier(999_999)).isCloseTo(2.2e-4, within(1e-12));
        assertThat(2.2e-4 * schedule.multiplier(1_215_000)).isCloseTo((2.2e-4 + 2.2e-5) / 2, within(1e-12));
        assertThat(2.2e-4 * schedule.multiplier(1_430_001)).isCloseTo(2.2e-5, within(1e-12));
        assertThat(2.2e-4 * schedule.multiplier(1_463_301)).isCloseTo(7.3e-6, within(1e-12));
        assertThat(2.2e-4 * schedule.multiplier(2_000_000)).isCloseTo(7.3e-6, within(1e-12));
    }

    @Test
    void nothingComesAfterTheFloor() {
        for (ScheduleSpec spec : GOLDEN.values()) {
            Schedule schedule = Schedule.of(spec, 100);
            assertThat(schedule.multiplier(150)).isEqualTo(schedule.multiplier(100));
        }
    }

    @Test
    void schedulesThatDoNotFitAreRefused() {
        List<ScheduleSpec> specs = List.of(
                new ScheduleSpec.Constant(-1),
                new ScheduleSpec.Cosine(101, 0),
                new ScheduleSpec.WarmupStableDecay(80, 0.3, "linear", 0),
                new ScheduleSpec.WarmupStableDecay(0, 0.3, "steep", 0),
                new ScheduleSpec.MultiStep(0, List.of()),
                new ScheduleSpec.MultiStep(0, List.of(new Phase(0.5, 1, false), new Phase(0.4, 1, false))));
        for (ScheduleSpec spec : specs) {
            assertThatThrownBy(() -> Schedule.of(spec, 100))
                    .isInstanceOf(GenkaException.class)
                    .hasMessageContaining("Maybe");
        }
    }
}
