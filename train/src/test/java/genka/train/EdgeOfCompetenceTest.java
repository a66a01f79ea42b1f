package genka.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import genka.books.UseClock;
import genka.catalog.Recipe;
import genka.catalog.StageSpec;
import genka.catalog.StageSpec.CurriculumSpec;
import genka.catalog.StageSpec.DrawSpec;
import genka.catalog.StageSpec.GrpoSpec.Aggregate;
import genka.units.GenkaException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole small runs: curriculum and dynamic sampling to the same bits, and troubles that real runs have. */
class EdgeOfCompetenceTest {
    private static final DrawSpec EDGE = new DrawSpec(3, Optional.of(new CurriculumSpec(0.05, 0.6, 3)));

    @TempDir
    Path home;

    /** Collects what is told, and stops in good order after some steps of reinforcement. */
    private static final class Watcher implements RunEvents {
        final List<Trouble.Kind> troubles = new ArrayList<>();
        int stopAfter = -1;

        @Nullable
        TrainingRun run;

        @Override
        public void progress(Progress progress) {
            if (progress.stage().equals("grpo") && progress.step() == stopAfter) {
                Objects.requireNonNull(run).requestStop();
            }
        }

        @Override
        public void trouble(Trouble trouble) {
            troubles.add(trouble.kind());
        }
    }

    private static Recipe recipe(int threads, long pretrain, StageSpec.Grpo stage) {
        return recipe(threads, pretrain, stage, "countdown", Map.of("numbers", 2, "largest", 9));
    }

    /** Two digits to add, which more than half of the demonstrations do at length. */
    private static Recipe wordy(long pretrain, StageSpec.Grpo stage) {
        return recipe(1, pretrain, stage, "digit-sum", Map.of("digits", 2, "think_share", 0.7));
    }

    private static Recipe recipe(
            int threads, long pretrain, StageSpec.Grpo stage, String task, Map<String, Object> options) {
        return Tiny.recipe(
                2,
                threads,
                List.of(Tiny.pretrain(pretrain, 16, 1, 0), stage),
                new Recipe.DataSpec.Task(task, options, 16),
                100);
    }

    private static UseClock clock() {
        return new UseClock(System::nanoTime, System.nanoTime());
    }

    private RunResult run(Recipe recipe, Watcher watcher) {
        watcher.run = TrainingRun.start(home, recipe, "name: tiny\n", "hash", clock(), watcher);
        return watcher.run.execute();
    }

    private static StageSpec.Grpo edge(long steps) {
        return Tiny.grpo(steps, 8, Tiny.objective(Aggregate.TOKEN_MEAN, 0.01, 2, 0.01), EDGE, 1e-3);
    }

    private static byte[] weights(RunResult result) throws IOException {
        return Files.readAllBytes(result.modelDir().orElseThrow().resolve("model.safetensors"));
    }

    @Test
    void curriculumAndRefillGiveTheSameBitsAtTwoThreadsAndAfterAResume() throws IOException {
        Recipe recipe = recipe(1, 60, edge(14));
        RunResult whole = run(recipe, new Watcher());
        String metrics = Files.readString(whole.folder().resolve("metrics.jsonl"));
        assertThat(metrics).contains("\"groups_asked\"", "\"success_rate ");
        assertThat(weights(run(recipe(2, 60, edge(14)), new Watcher()))).isEqualTo(weights(whole));
        for (int stopAfter : new int[] {2, 7}) {
            Watcher watcher = new Watcher();
            watcher.stopAfter = stopAfter;
            RunResult stopped = run(recipe, watcher);
            assertThat(stopped.state()).isEqualTo(RunResult.State.STOPPED);
            RunResult resumed = TrainingRun.resume(home, stopped.run(), recipe, clock(), RunEvents.NONE)
                    .execute();
            assertThat(weights(resumed)).as("stopped after " + stopAfter).isEqualTo(weights(whole));
            assertThat(resumed.troubles()).isEqualTo(whole.troubles());
        }
    }

    @Test
    void aRefilledStepAsksMoreButLearnsFromAsManyGroups() throws IOException {
        RunResult plain = run(recipe(1, 60, Tiny.grpo(4, 8, edge(4).objective(), DrawSpec.PLAIN, 1e-3)), new Watcher());
        RunResult filled = run(recipe(1, 60, edge(4)), new Watcher());
        assertThat(filled.stages().getLast().tokens())
                .isGreaterThan(plain.stages().getLast().tokens());
        assertThat(Files.readString(plain.folder().resolve("metrics.jsonl"))).doesNotContain("groups_asked");
    }

    @Test
    void aLossThatIsZeroByConstructionIsExplained() {
        Watcher watcher = new Watcher();
        StageSpec.Grpo stage = Tiny.grpo(8, 8, Tiny.objective(Aggregate.SEQUENCE_MEAN, 0, 1, 0), DrawSpec.PLAIN, 1e-4);
        RunResult result = run(recipe(1, 60, stage), watcher);
        assertThat(watcher.troubles).contains(Trouble.Kind.ZERO_LOSS);
        assertThat(result.json().toString()).contains("by construction");
    }

    @Test
    void aLearningRateThatIsFarTooHighEndsTheSignal() {
        Watcher watcher = new Watcher();
        StageSpec.Grpo stage = Tiny.grpo(40, 8, Tiny.objective(Aggregate.TOKEN_MEAN, 0, 1, 0), DrawSpec.PLAIN, 0.1);
        run(recipe(1, 60, stage), watcher);
        assertThat(watcher.troubles).containsAnyOf(Trouble.Kind.NO_SIGNAL, Trouble.Kind.ENTROPY_COLLAPSE);
    }

    @Test
    void answersThatAreCutOffAreToldBeforeTheFirstStep() {
        Watcher watcher = new Watcher();
        StageSpec.Grpo stage = Tiny.grpo(2, 3, Tiny.objective(Aggregate.TOKEN_MEAN, 0, 1, 0), DrawSpec.PLAIN, 1e-4);
        run(wordy(60, stage), watcher);
        assertThat(watcher.troubles).contains(Trouble.Kind.LENGTH_EXPLOSION);
    }

    @Test
    void aBaseThatIsNeverRightIsRefusedInItsOwnWords() {
        StageSpec.Grpo stage = Tiny.grpo(2, 2, Tiny.objective(Aggregate.TOKEN_MEAN, 0, 1, 0), DrawSpec.PLAIN, 1e-4);
        Watcher watcher = new Watcher();
        assertThatThrownBy(() -> run(wordy(60, stage), watcher))
                .isInstanceOf(GenkaException.class)
                .hasMessageContaining("cut off at 2 tokens")
                .hasMessageContaining("max_new_tokens");
        assertThat(watcher.troubles).containsExactly(Trouble.Kind.NOTHING_TO_REINFORCE);
    }
}
