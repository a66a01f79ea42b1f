package genka.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TrainedModelTest {
    @TempDir
    Path run;

    @Test
    void whatEveryStageLeftHasTheRecipeOfItsRun() throws IOException {
        Files.copy(Path.of("../recipes/r1-zero-tiny.yaml"), run.resolve("recipe.yaml"));
        for (String folder : List.of("model", "models/student", "stages/pretrain")) {
            assertThat(TrainedModel.recipe(run.resolve(folder)).orElseThrow().name())
                    .isEqualTo("r1-zero-tiny");
        }
        assertThat(TrainedModel.recipe(run.resolve("a/b/model")))
                .as("not of this run")
                .isEmpty();
    }
}
