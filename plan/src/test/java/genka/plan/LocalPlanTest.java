package genka.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import genka.catalog.GenkaRoot;
import genka.catalog.Recipe;
import genka.catalog.RecipeReader;
import genka.catalog.StageSpec;
import genka.catalog.TextLengths;
import genka.units.GenkaException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalPlanTest {
    private static final LocalMachine MACHINE = new LocalMachine(2, 1.2, 3, 0.006, 100e9, "2026-11-22");
    private static final Lengths LENGTHS = new Lengths(17.6, 7, 10);

    private record Lengths(double rows, double prompt, double answer) implements TextLengths {
        @Override
        public double rows(StageSpec.Supervised stage) {
            return rows;
        }

        @Override
        public double prompt(Map<String, Double> tasks) {
            return prompt;
        }

        @Override
        public double answer(Map<String, Double> tasks) {
            return answer;
        }
    }

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
        double adamW = LocalPlan.of(tiny("adamw"), MACHINE, LENGTHS).seconds();
        assertThat(LocalPlan.of(tiny("muon"), MACHINE, LENGTHS).seconds()).isBetween(1.02 * adamW, 1.3 * adamW);
    }

    @Test
    void reinforcementHangsOnItsAnswersUpToTheirLimitAndOnWhatItAsksTwice() {
        double usual = reinforced(10);
        assertThat(reinforced(14)).isGreaterThan(1.2 * usual);
        assertThat(reinforced(1000)).isCloseTo(reinforced(14), within(1e-9));
        assertThat(reinforced(10, "refill=0")).isLessThan(0.95 * usual);
        assertThat(reinforced(10, "objective.entropy_bonus=0")).isBetween(0.7 * usual, 0.95 * usual);
        assertThat(reinforced(10, "objective.kl_beta=0.01")).isBetween(1.05 * usual, 1.3 * usual);
    }

    /** Seconds of the stage that asks, its answers at most 14 tokens long. */
    private static double reinforced(double answer, String... changes) {
        List<String> overrides =
                Stream.of(changes).map(change -> "stages.grpo." + change).toList();
        Recipe recipe = RecipeReader.read(GenkaRoot.path().resolve("recipes/countdown.yaml"), overrides)
                .recipe();
        return LocalPlan.of(recipe, MACHINE, new Lengths(25, 14, answer))
                .stages()
                .getLast()
                .seconds();
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
        LocalPlan assumed = LocalPlan.of(recipe, MACHINE, LENGTHS);
        assertThat(assumed.after(List.of(1.0, 1.1, 0.9)).runs()).isZero();
        LocalPlan told = assumed.after(List.of(0.95, 1.0, 1.05, 1.0, 1.02, 0.98));
        assertThat(told.runs()).isEqualTo(6);
        assertThat(told.low()).isBetween(0.93, 0.98);
        assertThat(told.high()).isBetween(1.02, 1.07);
        assertThat(told.seconds()).isEqualTo(assumed.seconds());
        LocalPlan slower = assumed.after(List.of(1.2, 1.5, 2.0, 1.8, 1.3));
        assertThat(slower.low()).isEqualTo(1);
        assertThat(slower.high()).isBetween(1.8, 2.3);
        LocalPlan faster = assumed.after(List.of(0.5, 0.6, 0.7, 0.55, 0.65));
        assertThat(faster.high()).isEqualTo(1);
        assertThat(faster.low()).isBetween(0.4, 0.6);
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
        assertThat(LocalPlan.of(often, MACHINE, LENGTHS).seconds())
                .isGreaterThan(1 + LocalPlan.of(seldom, MACHINE, LENGTHS).seconds());
    }

    @Test
    void aStageThatStopsEarlyIsPlannedWithItsUsualSteps() {
        Recipe recipe = RecipeReader.read(GenkaRoot.path().resolve("recipes/r1-zero-tiny.yaml"))
                .recipe();
        LocalPlan plan = LocalPlan.of(recipe, MACHINE, LENGTHS);
        assertThat(plan.stages()).extracting(LocalPlan.Stage::steps).containsExactly(220.0, 10.0);
        assertThat(plan.seconds())
                .isCloseTo(
                        MACHINE.startSeconds()
                                + plan.stages().stream()
                                        .mapToDouble(LocalPlan.Stage::seconds)
                                        .sum(),
                        within(1e-9));
        LocalPlan longer = LocalPlan.of(recipe, MACHINE, new Lengths(35.2, 10, 25));
        assertThat(longer.seconds()).isGreaterThan(plan.seconds());
    }
}
