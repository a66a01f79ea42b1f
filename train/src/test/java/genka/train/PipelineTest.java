package genka.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import genka.books.Ledger;
import genka.books.UseClock;
import genka.catalog.Recipe;
import genka.catalog.StageSpec;
import genka.catalog.StageSpec.Inputs;
import genka.kernel.SeededRandom;
import genka.model.ModelFiles;
import genka.units.GenkaException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stages of every kind, with models and data of their own. */
final class PipelineTest {
    private static final Map<String, Recipe.DataSpec> SOURCES = sources();

    /** Micro-batches an update, of all stages but the first. */
    private static final int ACCUMULATE = 2;

    @TempDir
    Path home;

    private static Map<String, Recipe.DataSpec> sources() {
        Map<String, Recipe.DataSpec> sources = new LinkedHashMap<>();
        sources.put(Recipe.MAIN, new Recipe.DataSpec.Task("digit-sum", Map.of("digits", 2), 16));
        sources.put("general", new Recipe.DataSpec.Task("digit-sum", Map.of("digits", 3), 8));
        return sources;
    }

    private static StageSpec.Supervised supervised(String kind, String name, Inputs inputs, long steps) {
        StageSpec.Supervised like = Tiny.pretrain(steps, 16, ACCUMULATE, 4);
        return new StageSpec.Supervised(
                kind,
                name,
                inputs,
                like.steps(),
                like.tokens(),
                like.batch(),
                like.sequenceLength(),
                like.accumulate(),
                like.lossOn(),
                like.mtpWeight(),
                like.balanceWeight(),
                like.biasUpdate(),
                like.evaluateEvery(),
                like.sampleEvery(),
                like.stop(),
                like.weights(),
                like.optimizer(),
                like.schedule());
    }

    private static StageSpec.Grpo grpo(String name, Inputs inputs, long steps) {
        StageSpec.Grpo like = Tiny.grpo(steps, 0.01, 2);
        return new StageSpec.Grpo(
                name,
                inputs,
                like.preset(),
                like.steps(),
                like.prompts(),
                like.group(),
                ACCUMULATE,
                like.maxNewTokens(),
                like.temperature(),
                like.objective(),
                like.reward(),
                like.draws(),
                like.biasUpdate(),
                like.evaluateEvery(),
                like.sampleEvery(),
                like.stop(),
                like.weights(),
                like.optimizer(),
                like.schedule());
    }

    private static StageSpec.RejectionSample sampling(String name, int prompts, double language) {
        return new StageSpec.RejectionSample(
                name,
                new Inputs(Recipe.MAIN, Optional.empty(), Map.of(Recipe.MAIN, 1.0)),
                prompts,
                4,
                8,
                16,
                1,
                new StageSpec.Filter(language, 16, 2),
                2);
    }

    private static Inputs inputs(String model, Optional<String> start, Map<String, Double> data) {
        return new Inputs(model, start, data);
    }

    private static Map<String, Double> mix(String first, double weight, String second, double other) {
        Map<String, Double> mix = new LinkedHashMap<>();
        mix.put(first, weight);
        mix.put(second, other);
        return mix;
    }

    /** As R1's: base, samples, fine-tuning from the base again, reinforcement on all, and a student beside a rival. */
    private static List<StageSpec> pipeline() {
        Optional<String> asLeft = Optional.empty();
        Map<String, Double> main = Map.of(Recipe.MAIN, 1.0);
        return List.of(
                Tiny.pretrain(30, 16, 1, 10),
                sampling("samples", 20, 0),
                supervised(
                        "sft", "sft", inputs(Recipe.MAIN, Optional.of("pretrain"), mix("samples", 3, "general", 1)), 8),
                grpo("final", inputs(Recipe.MAIN, asLeft, mix(Recipe.MAIN, 3, "general", 1)), 4),
                supervised("pretrain", "student-base", inputs("student", asLeft, main), 50),
                grpo("rival-rl", inputs("rival", Optional.of("student-base"), main), 4),
                supervised("distill", "distill", inputs("student", asLeft, Map.of("samples", 1.0)), 6));
    }

    private static Recipe recipe(int threads, double everySeconds) {
        return Tiny.recipe(3, threads, pipeline(), SOURCES, everySeconds);
    }

    private static UseClock clock() {
        return new UseClock(System::nanoTime, System.nanoTime());
    }

    private TrainingRun start(Recipe recipe) {
        return TrainingRun.start(home, recipe, "name: tiny\n", "hash", clock(), RunEvents.NONE);
    }

    /** Everything that lasts: models, what each stage left, data sets. */
    private static Map<String, byte[]> lasting(Path folder) throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        try (var all = Files.walk(folder)) {
            for (Path file : all.filter(Files::isRegularFile).sorted().toList()) {
                String name = folder.relativize(file).toString();
                if (name.matches("(model|models|stages|data)/.*")) {
                    files.put(name, Files.readAllBytes(file));
                }
            }
        }
        return files;
    }

    private static void same(Map<String, byte[]> files, Map<String, byte[]> expected, String when) {
        assertThat(files.keySet()).as(when).isEqualTo(expected.keySet());
        files.forEach((name, bytes) -> assertThat(bytes).as(when + " " + name).isEqualTo(expected.get(name)));
    }

    private static RunResult.Stage stage(RunResult result, String name) {
        return result.stages().stream()
                .filter(stage -> stage.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void everyStageIsARowOfTheStory() throws IOException {
        RunResult result = start(recipe(1, 100)).execute();
        assertThat(result.stages())
                .extracting(RunResult.Stage::kind)
                .containsExactly("pretrain", "rejection-sample", "sft", "grpo", "pretrain", "grpo", "distill");
        RunResult.Stage samples = stage(result, "samples");
        RunResult.Kept kept = samples.kept().orElseThrow();
        assertThat(kept.prompts()).isEqualTo(20);
        assertThat(kept.answers()).isEqualTo(80);
        assertThat(kept.kept()).isBetween(1L, 40L);
        assertThat(result.after(samples)).isEmpty();
        Evaluation base = result.after(stage(result, "pretrain")).orElseThrow();
        assertThat(base.accuracyBySource()).containsOnlyKeys("general");
        assertThat(result.before(stage(result, "sft")).orElseThrow()).isEqualTo(base.atStartOf("sft"));
        Evaluation studentBase = result.after(stage(result, "student-base")).orElseThrow();
        assertThat(result.before(stage(result, "rival-rl")).orElseThrow()).isEqualTo(studentBase.atStartOf("rival-rl"));
        assertThat(result.before(stage(result, "distill")).orElseThrow()).isEqualTo(studentBase.atStartOf("distill"));
        assertThat(result.after()).as("the recipe's own model").isEqualTo(result.after(stage(result, "final")));
        assertThat(lasting(result.folder()).keySet())
                .contains("model/config.json", "models/student/config.json", "models/rival/config.json")
                .contains("stages/pretrain/config.json", "data/samples.jsonl", "data/samples.json")
                .doesNotContain("stages/samples/config.json");
        assertThat(ModelFiles.load(result.folder().resolve("models/student"))
                        .spec()
                        .hiddenSize())
                .isEqualTo(12);
        assertThat(Files.readString(result.folder().resolve("result.json")))
                .contains("\"kind\":\"rejection-sample\"", "\"kept\":{\"prompts\":20");
    }

    @Test
    void aDataSetHoldsRightAnswersOfTheirTask() throws IOException {
        RunResult result = start(recipe(1, 100)).execute();
        List<SampleFile.Line> lines = new SampleFile(result.folder(), "samples").read();
        Task task = Tasks.named("digit-sum", Map.of("digits", 2));
        Sources sources =
                new Sources(recipe(1, 1), genka.model.Tokenizers.of(recipe(1, 1).tokenizer()));
        List<String> kept = sources.evaluated().getFirst().evaluation().stream()
                .map(Task.Problem::prompt)
                .toList();
        assertThat(lines).isNotEmpty().allSatisfy(line -> {
            int sum = (line.prompt().charAt(0) - '0' + line.prompt().charAt(2) - '0') % 10;
            assertThat(task.score(new Task.Problem(line.prompt(), "" + sum), line.response()))
                    .isEqualTo(new Task.Score(1, 1));
            assertThat(line.source()).isEqualTo(Recipe.MAIN);
            assertThat(kept).doesNotContain(line.prompt());
        });
    }

    @Test
    void everyStageEndsInTheSameBitsAtTwoThreads() throws IOException {
        Map<String, byte[]> one = lasting(start(recipe(1, 100)).execute().folder());
        same(lasting(start(recipe(2, 100)).execute().folder()), one, "two threads");
    }

    @Test
    void everyStageEndsInTheSameBitsHoweverOftenItIsKilled() throws IOException {
        Map<String, byte[]> expected = lasting(start(recipe(1, 100)).execute().folder());
        SeededRandom random = SeededRandom.of(7);
        for (int trial = 0; trial < 6; trial++) {
            // Checkpoints after every step, or only where stages end.
            Recipe recipe = recipe(1, trial % 2 == 0 ? 0 : 100);
            TrainingRun run = start(recipe);
            boolean ended = false;
            for (int i = 0; i < 12 && !ended; i++) {
                ended = killedAfter(recipe, run.run(), trial % 2 == 0 ? random.nextInt(9) : random.nextInt(30));
            }
            if (!ended) {
                TrainingRun.resume(home, run.run(), recipe, clock(), RunEvents.NONE)
                        .execute();
            }
            same(lasting(run.folder()), expected, "trial " + trial);
        }
    }

    private boolean killedAfter(Recipe recipe, String name, int steps) {
        int[] left = {steps};
        RunEvents kill = new RunEvents() {
            @Override
            public void progress(Progress progress) {
                if (left[0]-- == 0) {
                    throw new IllegalStateException("killed");
                }
            }
        };
        try {
            return TrainingRun.resume(home, name, recipe, clock(), kill)
                            .execute()
                            .state()
                    == RunResult.State.FINISHED;
        } catch (IllegalStateException killed) {
            return false;
        }
    }

    @Test
    void freshStartsForgetWhatWasLearned() throws IOException {
        Inputs fresh = inputs(Recipe.MAIN, Optional.of(Inputs.FRESH), Map.of(Recipe.MAIN, 1.0));
        StageSpec.Supervised again = supervised("pretrain", "again", fresh, 5);
        RunResult twice = start(Tiny.recipe(3, 1, List.of(Tiny.pretrain(3, 16, 1, 0), again), SOURCES, 100))
                .execute();
        // The same stage in the same place, with nothing learned before it.
        StageSpec.Supervised elsewhere =
                supervised("pretrain", "elsewhere", inputs("student", Optional.empty(), Map.of(Recipe.MAIN, 1.0)), 3);
        RunResult once = start(Tiny.recipe(3, 1, List.of(elsewhere, again), SOURCES, 100))
                .execute();
        assertThat(Files.readAllBytes(twice.folder().resolve("model/model.safetensors")))
                .isEqualTo(Files.readAllBytes(once.folder().resolve("model/model.safetensors")));
    }

    @Test
    void aDataSetThatWasEditedIsRefused() throws IOException {
        SampleFile file = new SampleFile(home, "samples");
        long length = file.append(0, List.of(new SampleFile.Line("1+2=", "A3", "main")));
        file.append(length, List.of(new SampleFile.Line("2+2=", "A4", "main")));
        file.close(Map.of("kept", 2));
        assertThat(file.read()).hasSize(2);
        Path lines = home.resolve("data/samples.jsonl");
        Files.writeString(lines, Files.readString(lines).replace("A4", "A5"));
        assertThatThrownBy(file::read)
                .isInstanceOf(GenkaException.class)
                .hasMessageContaining("checksum")
                .hasMessageContaining("Maybe");
    }

    @Test
    void whatAKilledAttemptWroteIsCutOff() throws IOException {
        SampleFile file = new SampleFile(home, "samples");
        long first = file.append(0, List.of(new SampleFile.Line("1+2=", "A3", "main")));
        file.append(first, List.of(new SampleFile.Line("9+9=", "A8", "main")));
        file.append(first, List.of(new SampleFile.Line("2+2=", "A4", "main")));
        file.close(Map.of());
        assertThat(file.read()).extracting(SampleFile.Line::prompt).containsExactly("1+2=", "2+2=");
        assertThatThrownBy(() -> file.append(1000, List.of()))
                .isInstanceOf(GenkaException.class)
                .hasMessageContaining("shorter");
    }

    @Test
    void aStageThatKeepsNothingStopsTheRunWithAdvice() {
        StageSpec.Grpo unused = grpo("rl", Inputs.MAIN, 1);
        StageSpec.RejectionSample strict =
                new StageSpec.RejectionSample("samples", Inputs.MAIN, 4, 1, 4, 16, 1, new StageSpec.Filter(0, 1, 1), 0);
        assertThatThrownBy(() -> start(
                                Tiny.recipe(3, 1, List.of(Tiny.pretrain(3, 16, 1, 0), strict, unused), SOURCES, 1))
                        .execute())
                .isInstanceOf(GenkaException.class)
                .hasMessageContaining("kept none of 4 answers")
                .hasMessageContaining("Maybe");
    }

    private static Recipe from(Path weights, List<StageSpec> stages) {
        Recipe plain = Tiny.recipe(3, 1, stages, SOURCES, 100);
        Map<String, Recipe.ModelSource> models = new LinkedHashMap<>(plain.models());
        models.computeIfPresent(
                Recipe.MAIN,
                (name, model) -> new Recipe.ModelSource(
                        model.spec(), model.init(), Optional.of(weights.toString()), Optional.of("earlier@pretrain")));
        return new Recipe(
                plain.name(),
                plain.about(),
                plain.seed(),
                models,
                plain.tokenizer(),
                plain.sources(),
                plain.stages(),
                plain.checkpoint(),
                plain.where(),
                plain.budget());
    }

    @Test
    void aRunGoesOnFromAnotherOnesStage() throws IOException {
        StageSpec.Supervised more = supervised("sft", "more", Inputs.MAIN, 3);
        Recipe both = Tiny.recipe(3, 1, List.of(Tiny.pretrain(12, 16, 1, 0), more), SOURCES, 100);
        RunResult earlier = start(both).execute();
        Path left = EarlierRun.weights(earlier.folder(), both, Optional.of("pretrain"), true);
        // The stage does nothing at a place of its own but to keep the random streams of "more" the same.
        Inputs elsewhere = inputs("student", Optional.empty(), Map.of(Recipe.MAIN, 1.0));
        TrainingRun next = start(from(left, List.of(supervised("pretrain", "elsewhere", elsewhere, 3), more)));
        RunResult result = next.execute();
        assertThat(Files.readAllBytes(result.folder().resolve("model/model.safetensors")))
                .isEqualTo(Files.readAllBytes(earlier.folder().resolve("model/model.safetensors")));
        try (Ledger ledger = Ledger.open(home)) {
            assertThat(ledger.run(next.run()).run().continuedFrom()).contains("earlier@pretrain");
        }
        assertThat(EarlierRun.weights(earlier.folder(), both, Optional.of("more"), true))
                .isEqualTo(earlier.folder().resolve("stages/more"));
        assertThatThrownBy(() -> EarlierRun.weights(earlier.folder(), both, Optional.of("pretrian"), true))
                .hasMessageContaining("Maybe you meant pretrain?");
    }

    @Test
    void onlyAStageThatLeftWeightsIsAdvised() throws IOException {
        Recipe two = Tiny.recipe(
                3, 1, List.of(Tiny.pretrain(3, 16, 1, 0), supervised("sft", "more", Inputs.MAIN, 3)), SOURCES, 100);
        Path folder = Files.createDirectories(home.resolve("failed"));
        assertThatThrownBy(() -> EarlierRun.weights(folder, two, Optional.empty(), false))
                .hasMessage("Run failed has no weights of its end yet, and no stage of it has left any."
                        + " Maybe finish it with --resume?");
        Files.createDirectories(folder.resolve("stages/pretrain"));
        Files.writeString(folder.resolve("stages/pretrain/config.json"), "{}");
        assertThatThrownBy(() -> EarlierRun.weights(folder, two, Optional.of("more"), false))
                .hasMessage("Run failed has no weights of stage more yet."
                        + " Maybe finish it with --resume, or name a stage that is done, like failed@pretrain?");
        assertThatThrownBy(() -> EarlierRun.weights(folder, two, Optional.of("more"), true))
                .hasMessageContaining("is finished, but its model is gone");
    }

    @Test
    void weightsOfAnotherModelAreRefusedByTheSettingThatDiffers() throws IOException {
        Inputs student = inputs("student", Optional.empty(), Map.of(Recipe.MAIN, 1.0));
        RunResult earlier = start(Tiny.recipe(3, 1, List.of(supervised("pretrain", "small", student, 3)), SOURCES, 100))
                .execute();
        Path small = earlier.folder().resolve("models/student");
        assertThat(earlier.modelDir()).contains(small);
        assertThatThrownBy(() -> start(from(small, List.of(Tiny.pretrain(3, 16, 1, 0)))))
                .isInstanceOf(GenkaException.class)
                .hasMessageContaining("earlier@pretrain")
                .hasMessageContaining("is 12 there and 16 in the recipe");
    }
}
