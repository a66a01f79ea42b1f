package genka.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

    @ParameterizedTest
    @ValueSource(strings = {"ask last 1+2=", "eval last", "report", "run --resume last"})
    void aRunWhoseFilesAreGoneIsSaidToBe(String line) throws IOException {
        ToldRun.whole(run, "20260101-000000-told", 1);
        Path runs = run.resolve("runs");
        Files.move(runs, run.resolve("elsewhere"));
        String[] words = (line + " --home " + run).split(" ", -1);
        CommandLineTest.Outcome outcome = CommandLineTest.genka(words);
        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.err())
                .startsWith("the files of run 20260101-000000-told are gone: there is no " + runs)
                .contains("Maybe ./genka bill")
                .hasLineCount(1);
        assertThat(CommandLineTest.genka("bill", "--home", run.toString()).exitCode())
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ask last 1+2=", "eval last"})
    void aFinishedRunWhoseModelIsGoneIsNotCalledUnfinished(String line) throws IOException {
        ToldRun.whole(run, "20260101-000000-told", 1);
        Path folder = run.resolve("runs/20260101-000000-told");
        Files.copy(
                Path.of("../recipes/r1-zero-tiny.yaml"),
                folder.resolve("recipe.yaml"),
                StandardCopyOption.REPLACE_EXISTING);
        CommandLineTest.Outcome outcome = CommandLineTest.genka((line + " --home " + run).split(" ", -1));
        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.err())
                .contains("is finished, but its model is gone: there is no " + folder.resolve("model"))
                .contains("Maybe put it back")
                .hasLineCount(1);
    }
}
