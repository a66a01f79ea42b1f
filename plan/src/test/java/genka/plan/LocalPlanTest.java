package genka.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import genka.catalog.GenkaRoot;
import genka.catalog.Recipe;
import genka.catalog.RecipeReader;
import genka.units.GenkaException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalPlanTest {
    private static final LocalMachine MACHINE = new LocalMachine(2, 1.2, 3, 50e9, "2026-11-22");

    @Test
    void warmUpAndSpeedAreReadOffTheSteps() {
        List<LocalMachine.Mark> marks = new ArrayList<>();
        for (int step = 1; step <= 50; step++) {
            marks.add(new LocalMachine.Mark(2.9 + 0.02 * step, step));
        }
        LocalMachine machine = LocalMachine.of(2, 1, marks, 1e9, "2026-11-22");
        assertThat(machine.flopsPerSecond()).isCloseTo(50e9, within(1e6));
        assertThat(machine.warmUpSeconds()).isCloseTo(2.9, within(1e-6));
        assertThat(machine.seconds(50e9)).isCloseTo(2.9 + 1, within(1e-6));
    }

    @Test
    void aMachineThatDidTooLittleIsRefused() {
        assertThatThrownBy(() -> LocalMachine.of(2, 1, List.of(new LocalMachine.Mark(4, 1)), 1e9, "2026-11-22"))
                .isInstanceOf(GenkaException.class)
                .hasMessageContaining("Maybe");
    }

    @Test
    void theRangeIsThatOfEarlierRuns() {
        Recipe recipe = RecipeReader.read(GenkaRoot.path().resolve("recipes/r1-zero-tiny.yaml"))
                .recipe();
        LocalPlan assumed = LocalPlan.of(recipe, MACHINE, stage -> 17.6);
        assertThat(assumed.after(List.of(1.0, 1.1, 0.9)).runs()).isZero();
        LocalPlan told = assumed.after(List.of(0.95, 1.0, 1.05, 1.0, 1.02, 0.98));
        assertThat(told.runs()).isEqualTo(6);
        assertThat(told.low()).isBetween(0.93, 0.98);
        assertThat(told.high()).isBetween(1.02, 1.07);
        assertThat(told.seconds()).isEqualTo(assumed.seconds());
        assertThat(assumed.inputs()).extracting(PlanInput::tier).contains(Tier.GIVEN, Tier.MEASURED, Tier.ASSUMED);
    }

    @Test
    void whatIsWrittenIsReadAgain(@TempDir Path home) throws Exception {
        assertThatThrownBy(() -> LocalMachine.read(home)).hasMessageContaining("calibrate --here");
        Files.writeString(LocalMachine.file(home), MACHINE.text());
        assertThat(LocalMachine.read(home)).isEqualTo(MACHINE);
    }

    @Test
    void aStageThatStopsEarlyIsPlannedWithItsUsualSteps() {
        Recipe recipe = RecipeReader.read(GenkaRoot.path().resolve("recipes/r1-zero-tiny.yaml"))
                .recipe();
        LocalPlan plan = LocalPlan.of(recipe, MACHINE, stage -> 17.6);
        assertThat(plan.stages()).extracting(LocalPlan.Stage::steps).containsExactly(450.0, 14.0);
        assertThat(plan.seconds())
                .isCloseTo(
                        MACHINE.startSeconds()
                                + plan.stages().stream()
                                        .mapToDouble(LocalPlan.Stage::seconds)
                                        .sum(),
                        within(1e-9));
        LocalPlan longer = LocalPlan.of(recipe, MACHINE, stage -> 35.2);
        assertThat(longer.seconds()).isGreaterThan(plan.seconds());
    }
}
