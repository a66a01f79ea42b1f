package genka.app;

import static org.assertj.core.api.Assertions.assertThat;

import genka.train.Evaluation;
import genka.train.RunResult;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

final class StoryTableTest {
    private static Evaluation evaluation(String stage, long step, double accuracy, double language) {
        return new Evaluation(
                stage, step, accuracy, 20, 1, 1, 0, Double.NaN, language, Map.of("general", accuracy / 2));
    }

    private static RunResult.Stage stage(String name, String kind, String model, Optional<RunResult.Kept> kept) {
        return new RunResult.Stage(name, kind, model, 10, 2.5, 1000, kept);
    }

    private static StoryTable story(List<RunResult.Stage> stages, List<Evaluation> evaluations) {
        RunResult result = new RunResult(
                "run",
                "recipe",
                1,
                RunResult.State.FINISHED,
                10,
                stages,
                evaluations,
                Optional.empty(),
                Optional.empty(),
                List.of(),
                List.of(),
                List.of(),
                Optional.empty(),
                Path.of("run"));
        JsonNode json = Json.mapper().valueToTree(result.json());
        return new StoryTable(json.path("stages"), stage -> "0.00001");
    }

    @Test
    void aStageIsARowOfWhatItDid() {
        StoryTable story = story(
                List.of(
                        stage("base", "pretrain", "main", Optional.empty()),
                        stage("rl", "grpo", "main", Optional.empty()),
                        stage("samples", "rejection-sample", "main", Optional.of(new RunResult.Kept(5, 20, 7))),
                        stage("distill", "distill", "student", Optional.empty())),
                List.of(
                        evaluation("base", 5, 0.1, 0.5),
                        evaluation("rl", 0, 0.1, 0.5),
                        evaluation("rl", 5, 0.9, 1),
                        evaluation("samples", 0, 0.9, 1),
                        evaluation("distill", 5, 0.8, 1)));
        assertThat(story.stages("", new Style(false)).lines())
                .satisfiesExactly(
                        heading -> assertThat(heading)
                                .contains("one language", "general", "USD")
                                .doesNotContain("bits"),
                        base -> assertThat(base).contains("base", "pretrain", "10.0 %", "50.0 %", "0.00001"),
                        rl -> assertThat(rl).contains("10.0 % → 90.0 %", "50.0 % → 100.0 %", "5.0 % → 45.0 %"),
                        samples -> assertThat(samples).contains("7 of 20 kept"),
                        distill -> assertThat(distill).contains("distill, student", "80.0 %"));
        assertThat(story.models("", new Style(false)).lines())
                .satisfiesExactly(
                        heading -> assertThat(heading).startsWith("model"),
                        main -> assertThat(main).contains("main", "grpo", "90.0 %"),
                        student -> assertThat(student).contains("student", "distill", "80.0 %"),
                        end -> assertThat(end).isEmpty());
    }

    @Test
    void aRunOfOneModelComparesNothing() {
        StoryTable story = story(
                List.of(stage("base", "pretrain", "main", Optional.empty())), List.of(evaluation("base", 5, 0.1, 0.5)));
        assertThat(story.models("", new Style(false))).isEmpty();
    }
}
