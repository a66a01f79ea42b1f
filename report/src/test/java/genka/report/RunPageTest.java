package genka.report;

import static genka.report.Told.evaluation;
import static genka.report.Told.step;
import static org.assertj.core.api.Assertions.assertThat;

import genka.books.RunState;
import genka.catalog.GenkaRoot;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run with a model, its student, and the same student without a teacher. */
class RunPageTest {
    @TempDir
    Path home = Path.of("");

    private RunData run;

    @BeforeEach
    void tell() throws Exception {
        run = Told.run(
                home,
                "r1",
                1,
                """
                name: r1
                stages:
                - {kind: pretrain, name: base}
                - {kind: grpo, name: reasoning}
                - {kind: rejection-sample, name: samples}
                - {kind: distill, name: distillation, model: student}
                - {kind: grpo, name: alone, model: student-zero}
                """,
                RunState.FINISHED,
                List.of(),
                List.of(
                        step("base", 100, "loss", 0.5),
                        evaluation("base", 50, 0.05, 18),
                        evaluation("base", 100, 0.23, 18.9),
                        evaluation("reasoning", 0, 0.23, 18.9),
                        step("reasoning", 10, "reward", 0.9),
                        evaluation("reasoning", 10, 1, 22),
                        step("samples", 1, "kept", 0.2),
                        step("samples", 2, "kept", 0.3),
                        evaluation("distillation", 500, 0.97, 22),
                        evaluation("alone", 0, 0.02, 18),
                        evaluation("alone", 150, 0.1, 18)));
    }

    @Test
    void theStoryIsThatOfTheRecipesOwnModelFromWhereItsFirstStageLeftIt() {
        assertThat(new Story(run).learned()).isEqualTo("greedy accuracy 23 % → 100 %, answers 18.9 → 22.0 tokens");
    }

    @Test
    void aStageTellsWhatItDidToItsModelOrWhatItKept() {
        assertThat(StagesSection.of(run).source())
                .contains(">23 % right, 18.9 tokens<")
                .contains(">23 % → 100 % right, 22.0 tokens<")
                .contains(">keeps 25.0 % of the answers<")
                .contains("learns from another model’s answers: student<")
                .contains(">2 % → 10 % right, 18.0 tokens<");
    }

    @Test
    void modelsAreComparedByWhatTheirLastStageLeft() {
        run.metrics().add(evaluation("samples", 0, 1, 22)); // a look before it: rejection sampling teaches nothing
        String models = ModelsSection.of(run).source();
        assertThat(models.split("<tr>", -1)).hasSize(5);
        assertThat(models)
                .containsSubsequence(
                        ">main<", ">reasoning<", ">100 %<", ">student<", ">97 %<", ">student-zero<", ">10 %<");
    }

    @Test
    void aStudentHasALargerTeacherOnlyWhereItIsSmaller() throws IOException {
        String recipe =
                Files.readString(GenkaRoot.path().resolve("recipes").resolve("r1-tiny.yaml"), StandardCharsets.UTF_8);
        Path file = Files.writeString(home.resolve("recipe.yaml"), recipe);
        assertThat(RecipeFacts.read(file).stage("distillation").taughtByLarger())
                .isTrue();
        int models = recipe.indexOf("\nmodels:");
        Files.writeString(
                file,
                recipe.substring(0, models) + "\nmodels: {student: {like: main}, student-zero: {like: main}}\n"
                        + recipe.substring(recipe.indexOf("\n\n", models)));
        assertThat(RecipeFacts.read(file).models()).containsKey("student");
        assertThat(RecipeFacts.read(file).stage("distillation").taughtByLarger())
                .isFalse();
    }

    @Test
    void theHeadOfAFailedRunSaysWhatEndedIt() throws Exception {
        RunData failed = Told.run(
                home,
                "failed",
                1,
                "name: failed",
                RunState.FAILED,
                List.of(),
                List.of(
                        trouble("update-left-out", "note", "Step 5 was not finite."),
                        trouble("diverged", "refusal", "Stage base diverged, so the run ends.")));
        assertThat(Headline.of(failed, new Story(failed)).source())
                .contains("Stage base diverged, so the run ends.</p>")
                .doesNotContain("Step 5");
    }

    private static String trouble(String kind, String severity, String finding) {
        return """
                {"stage":"base","step":7,"trouble":{"kind":"%s","severity":"%s","stage":"base","step":7,"finding":"%s"}}""".formatted(kind, severity, finding);
    }

    @Test
    void oneMeasurementIsNoChange() {
        assertThat(new Story(told("{\"stage\":\"base\",\"step\":1,\"loss\":3.3}")).learned())
                .isEqualTo("loss 3.300");
        assertThat(new Story(told(evaluation("base", 50, 0.09, 3))).learned())
                .isEqualTo("greedy accuracy 9 %, answers 3.0 tokens");
    }

    /** What its first stage was given is where a model begins; else what that stage made of random weights. */
    @Test
    void theStoryBeginsWithWhatTheFirstStageWasGiven() {
        assertThat(new Story(told(
                                evaluation("base", 0, 0.4, 5),
                                evaluation("base", 100, 0.6, 6),
                                evaluation("reasoning", 10, 0.9, 8)))
                        .learned())
                .isEqualTo("greedy accuracy 40 % → 90 %, answers 5.0 → 8.0 tokens");
        assertThat(new Story(told(evaluation("base", 50, 0.4, 5), evaluation("base", 100, 0.6, 6))).learned())
                .isEqualTo("greedy accuracy 40 % → 60 %, answers 5.0 → 6.0 tokens");
        assertThat(new Story(told(
                                "{\"stage\":\"base\",\"step\":5,\"evaluation\":{\"bits_per_byte\":2.126}}",
                                "{\"stage\":\"base\",\"step\":9,\"evaluation\":{\"bits_per_byte\":1.5}}"))
                        .learned())
                .isEqualTo("held-out text 2.13 → 1.50 bits per byte");
    }

    @Test
    void whatAStageWasGivenIsNotItsResult() {
        RunData begun = told(evaluation("base", 50, 0.2, 3), evaluation("distillation", 0, 0.02, 18));
        assertThat(StagesSection.of(begun).source()).contains(">at its start 2 % right, 18.0 tokens<");
        assertThat(ModelsSection.of(begun).isEmpty()).isTrue();
    }

    private RunData told(String... lines) {
        Metrics metrics = Told.metrics(lines);
        return new RunData(
                run.summary(), run.bill(), run.folder(), run.recipe(), metrics, List.of(), RunData.Outcome.NONE);
    }

    @Test
    void theTableOfAChartHasEveryMeasurement() {
        Chart answers = new LearningCharts(run.metrics()).answers().orElseThrow();
        String table = ChartFigure.of(answers, "").source();
        assertThat(table)
                .containsSubsequence(
                        ">base 50<",
                        ">base 100<",
                        ">reasoning 0<",
                        ">reasoning 10<",
                        ">distillation 500<",
                        ">alone 0<",
                        ">alone 150<");
    }

    @Test
    void noLineJoinsTwoStages() {
        Chart answers = new LearningCharts(run.metrics()).answers().orElseThrow();
        assertThat(answers.bands())
                .extracting(Timeline.Band::name)
                .containsExactly("base", "reasoning", "distillation", "alone");
        assertThat(answers.lines().getFirst().parts())
                .extracting(part -> part.length)
                .containsExactly(2, 2, 1, 2);
    }
}
