package genka.train;

import static org.assertj.core.api.Assertions.assertThat;

import genka.books.UseClock;
import genka.catalog.Recipe;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TrainingRunTest {
    @TempDir
    Path home;

    private TrainingRun start(Recipe recipe) {
        return TrainingRun.start(
                home, recipe, "seed: 1\n", "hash", new UseClock(System::nanoTime, System.nanoTime()), RunEvents.NONE);
    }

    @Test
    void aRunEndsWithAModelAndFigures() {
        RunResult result = start(Tiny.recipe(1, 1, List.of(Tiny.pretrain(80, 16, 1, 40), Tiny.grpo(4, 0, 1))))
                .execute();
        assertThat(result.state()).isEqualTo(RunResult.State.FINISHED);
        assertThat(result.modelDir().orElseThrow().resolve("model.safetensors")).exists();
        assertThat(result.stages()).extracting(RunResult.Stage::name).containsExactly("pretrain", "grpo");
    }
}
