package genka.app;

import static org.assertj.core.api.Assertions.assertThat;

import genka.books.AttemptRecord;
import genka.books.Bill;
import genka.books.BillTerms;
import genka.books.EnergyUse;
import genka.books.Machine;
import genka.books.NewRun;
import genka.books.RunFacts;
import genka.books.RunState;
import genka.books.RunSummary;
import genka.books.Use;
import genka.train.Evaluation;
import genka.train.RunResult;
import java.math.RoundingMode;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

final class StoryTableTest {
    private static final long HOUR = 3_600_000_000_000L;

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
        return new StoryTable(json.path("stages"), bill(stages));
    }

    /** Each stage trained for an hour, evaluated for half of one, and lost a quarter. */
    private static Bill bill(List<RunResult.Stage> stages) {
        List<AttemptRecord.Entry> entries = new ArrayList<>();
        for (RunResult.Stage stage : stages) {
            entries.add(new AttemptRecord.Entry(stage.name(), Use.UPDATE, HOUR + HOUR / 4, HOUR));
            entries.add(new AttemptRecord.Entry(stage.name(), Use.EVALUATION, HOUR / 2, HOUR / 2));
        }
        NewRun run =
                new NewRun("run", "recipe", "hash", "run", 1, Instant.EPOCH, new Machine(2, "a CPU"), Optional.empty());
        AttemptRecord stopped = new AttemptRecord(
                1, "run", Instant.EPOCH, RunState.STOPPED, entries, new RunFacts(Map.of(), 0), EnergyUse.NONE);
        return Bill.of(new RunSummary(run, List.of(stopped)), List.of(), BillTerms.named(Bills.RENT));
    }

    @Test
    void timeAndCostOfAStageAreOfTheSameSlices() {
        List<RunResult.Stage> stages = List.of(
                stage("base", "pretrain", "main", Optional.empty()), stage("rl", "grpo", "main", Optional.empty()));
        Bill bill = bill(stages);
        assertThat(bill.of("base").plus(bill.of("rl"))).isEqualTo(bill.full());
        String cents = bill.of("rl").amount().setScale(5, RoundingMode.HALF_UP).toPlainString();
        assertThat(story(stages, List.of()).stages("", new Style(false)).lines().skip(1))
                .allSatisfy(row -> assertThat(row).contains("1 h 45 min  " + cents));
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
                        base -> assertThat(base).contains("base", "pretrain", "10.0 %", "50.0 %"),
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
