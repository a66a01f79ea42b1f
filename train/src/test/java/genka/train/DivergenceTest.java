package genka.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import genka.books.Ledger;
import genka.books.RunState;
import genka.catalog.Recipe;
import genka.catalog.StageSpec;
import genka.train.Trouble.Kind;
import genka.units.Fault;
import genka.units.GenkaException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DivergenceTest {
    private static final Map<String, Double> GOOD = Map.of("loss", 1.0, "gradient_norm", 2.0);
    private static final Map<String, Double> BAD = Map.of("loss", 1.0, "gradient_norm", Double.NaN);

    @TempDir
    Path home;

    private static StageSpec.Supervised pretrain(long steps, double rate) {
        StageSpec.Supervised stage = Tiny.pretrain(steps, 8, 1, 0);
        return Tiny.with(
                stage,
                "pretrain",
                stage.weights(),
                Optional.empty(),
                Tiny.adam(rate),
                new StageSpec.ScheduleSpec.Constant(0));
    }

    private static Divergence watching(long steps) {
        return new Divergence(pretrain(steps, 5), steps, false, Optional.of("before"));
    }

    @Test
    void oneUpdateThatIsLeftOutIsANoteAndToldOnce() {
        Divergence divergence = watching(10);
        assertThat(divergence.step(1, 1, GOOD)).isEmpty();
        assertThat(divergence.step(2, 1, BAD)).hasValueSatisfying(trouble -> {
            assertThat(trouble.kind()).isEqualTo(Kind.UPDATE_LEFT_OUT);
            assertThat(trouble.severity()).isEqualTo(Trouble.Severity.NOTE);
            assertThat(trouble.finding()).contains("Step 2").contains("NaN");
        });
        assertThat(divergence.isSuspected()).isTrue();
        assertThat(divergence.step(3, 1, BAD)).isEmpty();
        assertThat(divergence.step(4, 2, GOOD)).isEmpty();
        assertThat(divergence.isSuspected()).isFalse();
        assertThat(divergence.step(5, 2, BAD)).isEmpty();
    }

    @Test
    void threeInARowEndTheRunWithAdvice() {
        Divergence divergence = watching(10);
        divergence.step(4, 3, BAD);
        divergence.step(5, 3, BAD);
        assertThat(divergence.step(6, 3, BAD)).hasValueSatisfying(trouble -> {
            assertThat(trouble.kind()).isEqualTo(Kind.DIVERGED);
            assertThat(trouble.severity()).isEqualTo(Trouble.Severity.REFUSAL);
            assertThat(trouble.finding()).contains("3 steps in a row, 4 to 6");
            assertThat(trouble.advice()).contains("learning_rate than 5").contains("--continue-from RUN@before");
        });
        assertThat(watching(2).step(1, 0, BAD)).isPresent();
    }

    /** Rates at which weights get so large that the next forward pass overflows: in its loss, its gradient, its routers. */
    @ParameterizedTest
    @ValueSource(doubles = {1e4, 1e30})
    void aRunThatDivergesFailsWithOneMessage(double rate) {
        assertFails(List.of(pretrain(40, rate)), "pretrain");
    }

    @Test
    void soDoesReinforcement() {
        StageSpec.Grpo gentle = Tiny.grpo(12, 0, 1);
        StageSpec.Grpo wild = Tiny.grpo(12, 16, gentle.objective(), gentle.draws(), 1e30);
        assertFails(List.of(Tiny.pretrain(40, 16, 1, 0), wild), "grpo");
    }

    private void assertFails(List<StageSpec> stages, String stage) {
        TrainingRun run = new Trials(home).start(Tiny.recipe(1, 1, stages, 0), RunEvents.NONE);
        GenkaException failure = catchThrowableOfType(GenkaException.class, run::execute);
        assertThat(failure.fault()).isEqualTo(Fault.USER);
        assertThat(failure)
                .hasMessageStartingWith("Stage " + stage + " diverged")
                .hasMessageContaining("learning_rate");
        assertThat(Diagnostics.troubles(run.folder().resolve("metrics.jsonl")))
                .extracting(Trouble::kind)
                .endsWith(Kind.DIVERGED);
        try (Ledger ledger = Ledger.open(home)) {
            assertThat(ledger.run(run.run()).state()).isEqualTo(RunState.FAILED);
        }
    }

    @Test
    void textThatCannotBeMeasuredIsTheSameTrouble() throws IOException {
        Path text = Files.writeString(home.resolve("text"), "some lines of text\n".repeat(400));
        Recipe recipe =
                Tiny.recipe(1, 1, List.of(pretrain(1, 3e38)), new Recipe.DataSpec.Text(text.toString(), "**", 0.2), 1);
        GenkaException failure = catchThrowableOfType(
                GenkaException.class,
                () -> new Trials(home).start(recipe, RunEvents.NONE).execute());
        assertThat(failure).hasMessageContaining("diverged: after step 1 the model's logits are not finite");
    }
}
