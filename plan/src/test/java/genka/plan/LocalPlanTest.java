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
    private static final LocalMachine MACHINE = new LocalMachine(2, 1.2, 3, 0.006, 100e9, "2026-11-22");

    @Test
    void warmUpAndSpeedAreReadOffTheSteps() {
        List<LocalMachine.Mark> all = new ArrayList<>();
        double seconds = 2.9;
        for (int step = 1; step <= 1000; step++) {
            seconds += 0.02 * LocalMachine.timesLonger(step);
            all.add(new LocalMachine.Mark(seconds, step));
        }
        LocalMachine machine = LocalMachine.of(2, 1, all.subList(0, 20), 1e9, "2026-11-22");
        assertThat(machine.stepSeconds() + 1e9 / machine.flopsPerSecond()).isCloseTo(0.02, within(1e-6));
        assertThat(machine.seconds(1000e9, 1000)).isCloseTo(seconds, within(0.03));
        assertThat(machine.seconds(1000e9, 50)).isLessThan(0.7 * seconds);
    }

    @Test
    void aMachineThatDidTooLittleIsRefused() {
        assertThatThrownBy(() -> LocalMachine.of(2, 1, List.of(new LocalMachine.Mark(4, 1)), 1e9, "2026-11-22"))
                .isInstanceOf(GenkaException.class)
                .hasMessageContaining("Maybe");
    }

    @Test
    void muonTakesLongerThanAdamW() {
        double adamW = LocalPlan.of(tiny("adamw"), MACHINE, stage -> 17.6).seconds();
        assertThat(LocalPlan.of(tiny("muon"), MACHINE, stage -> 17.6).seconds()).isBetween(1.02 * adamW, 1.3 * adamW);
    }

    private static Recipe tiny(String optimizer) {
        return RecipeReader.read(
                        GenkaRoot.path().resolve("recipes/r1-zero-tiny.yaml"),
                        List.of("stages.pretrain.optimizer={kind: " + optimizer + ", learning_rate: 1e-2}"))
                .recipe();
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
    void evaluationsTakeTheirTime() {
        Path file = GenkaRoot.path().resolve("recipes/r1-zero-tiny.yaml");
        Recipe often = RecipeReader.read(file, List.of("stages.pretrain.evaluate_every=9"))
                .recipe();
        Recipe seldom = RecipeReader.read(file, List.of("stages.pretrain.evaluate_every=0"))
                .recipe();
        assertThat(LocalPlan.of(often, MACHINE, stage -> 17.6).seconds())
                .isGreaterThan(1 + LocalPlan.of(seldom, MACHINE, stage -> 17.6).seconds());
    }

    @Test
    void aStageThatStopsEarlyIsPlannedWithItsUsualSteps() {
        Recipe recipe = RecipeReader.read(GenkaRoot.path().resolve("recipes/r1-zero-tiny.yaml"))
                .recipe();
        LocalPlan plan = LocalPlan.of(recipe, MACHINE, stage -> 17.6);
        assertThat(plan.stages()).extracting(LocalPlan.Stage::steps).containsExactly(220.0, 14.0);
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
