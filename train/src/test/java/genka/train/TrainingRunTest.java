package genka.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import genka.books.Ledger;
import genka.catalog.Recipe;
import genka.catalog.StageSpec;
import genka.kernel.SeededRandom;
import genka.units.GenkaException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TrainingRunTest {
    private static final int PRETRAIN = 40;
    private static final int REINFORCE = 12;

    private final Path home;
    private final Trials trials;

    TrainingRunTest(@TempDir Path home) {
        this.home = home;
        trials = new Trials(home);
    }

    private TrainingRun start(Recipe recipe, RunEvents events) {
        return trials.start(recipe, events);
    }

    private RunResult run(Recipe recipe) {
        return trials.run(recipe);
    }

    private static List<StageSpec> stages(double klBeta, int minibatches) {
        return List.of(Tiny.pretrain(PRETRAIN, 16, 1, 20), Tiny.grpo(REINFORCE, klBeta, minibatches));
    }

    @Test
    void aRunEndsWithAModelAndFigures() throws IOException {
        RunResult result = run(Tiny.recipe(1, 1, stages(0, 1), 0.05));
        assertThat(result.state()).isEqualTo(RunResult.State.FINISHED);
        assertThat(result.stages()).extracting(RunResult.Stage::name).containsExactly("pretrain", "grpo");
        assertThat(result.before().orElseThrow().stage()).isEqualTo("grpo");
        assertThat(result.before().orElseThrow().step()).isZero();
        assertThat(result.after().orElseThrow().step()).isEqualTo(REINFORCE);
        for (String file : List.of("model/config.json", "model/model.safetensors", "result.json", "recipe.yaml")) {
            assertThat(result.folder().resolve(file)).exists();
        }
        assertThat(Trials.steps(result.folder())).hasSize(PRETRAIN + REINFORCE).doesNotHaveDuplicates();
        assertThatThrownBy(() -> trials.resume(Tiny.recipe(1, 1, stages(0, 1), 1), result.run(), RunEvents.NONE))
                .isInstanceOf(GenkaException.class)
                .hasMessageContaining("finished");
    }

    @Test
    void theBooksKnowEveryAnswerAlsoThoseOfEvaluations() throws IOException {
        RunResult result = run(Tiny.recipe(1, 1, stages(0, 1), 100));
        long rollouts = REINFORCE * 4 * 4;
        long evaluations = 16
                * result.evaluations().stream()
                        .filter(evaluation -> evaluation.step() > 0)
                        .count();
        long beforeAndAfter = 2 * 32 * 16 + 2 * 4;
        long shown;
        try (Stream<String> samples = Files.lines(result.folder().resolve("samples.jsonl"))) {
            shown = samples.filter(line -> line.contains("pretrain")).count();
        }
        try (Ledger ledger = Ledger.open(home)) {
            assertThat(ledger.run(result.run()).facts().answers())
                    .isEqualTo(rollouts + evaluations + beforeAndAfter + shown);
        }
    }

    @Test
    void aScheduleThatDoesNotFitItsStageIsRefusedBeforeARunBegins() {
        for (StageSpec tooShort : List.of(Tiny.pretrain(1, 16, 1, 0), Tiny.pretrain(10.0, 16))) {
            assertThatThrownBy(() -> start(Tiny.recipe(1, 1, List.of(tooShort), 1), RunEvents.NONE))
                    .isInstanceOf(GenkaException.class)
                    .hasMessageStartingWith(
                            "Stage pretrain: schedule.warmup (2) must be between 0 and the stage's steps (1)");
        }
        assertThat(home.resolve("runs")).doesNotExist();
    }

    @Test
    void aRunThatTheLedgerCannotTakeLeavesNoFolder() throws IOException {
        Files.createDirectories(home.resolve("ledger.db"));
        assertThatThrownBy(() -> start(Tiny.recipe(1, 1, stages(0, 1), 1), RunEvents.NONE))
                .isInstanceOf(GenkaException.class)
                .hasMessageContaining("ledger.db");
        assertThat(home.resolve("runs")).isEmptyDirectory();
    }

    @Test
    void aRunStoppedOrKilledTwentyTimesEndsInTheSameBits() throws IOException {
        Recipe whole = Tiny.recipe(3, 1, stages(0.01, 2), 100);
        byte[] expected = Trials.weights(run(whole));
        SeededRandom random = SeededRandom.of(99);
        int interruptions = 0;
        for (int trial = 0; interruptions < 20; trial++) {
            // Checkpoints after every step, or rarely: then a kill loses work that has to be done again.
            Recipe recipe = Tiny.recipe(3, 1, stages(0.01, 2), trial % 2 == 0 ? 0 : 0.03);
            TrainingRun run = start(recipe, RunEvents.NONE);
            Path folder = run.folder();
            boolean ended = false;
            for (int i = 0; i < 4 && !ended; i++) {
                ended = trials.interrupted(
                        recipe, run.run(), random.nextInt((PRETRAIN + REINFORCE) / 2), random.nextInt(2) == 0);
                interruptions += ended ? 0 : 1;
            }
            if (!ended) {
                trials.resume(recipe, run.run(), RunEvents.NONE).execute();
            }
            assertThat(Files.readAllBytes(folder.resolve("model/model.safetensors")))
                    .as("trial " + trial)
                    .isEqualTo(expected);
            assertThat(Trials.steps(folder)).hasSize(PRETRAIN + REINFORCE).doesNotHaveDuplicates();
        }
    }

    @Test
    void threadsDoNotChangeABit() throws IOException {
        byte[] one = Trials.weights(run(Tiny.recipe(4, 1, stages(0.01, 2), 100)));
        byte[] two = Trials.weights(run(Tiny.recipe(4, 2, stages(0.01, 2), 100)));
        assertThat(two).isEqualTo(one);
    }

    @Test
    void seedsDiffer() throws IOException {
        List<StageSpec> stages = List.of(Tiny.pretrain(5, 4, 1, 0));
        assertThat(Trials.weights(run(Tiny.recipe(1, 1, stages, 100))))
                .isNotEqualTo(Trials.weights(run(Tiny.recipe(2, 1, stages, 100))));
    }

    @Test
    void accumulatedMicroBatchesLearnAsOneBatch() throws IOException {
        RunResult whole = run(Tiny.recipe(1, 1, List.of(Tiny.pretrain(6, 16, 1, 0)), 100));
        RunResult parts = run(Tiny.recipe(1, 1, List.of(Tiny.pretrain(6, 16, 4, 0)), 100));
        float[] a = genka.model.ModelFiles.load(whole.modelDir().orElseThrow())
                .parameters()
                .values();
        float[] b = genka.model.ModelFiles.load(parts.modelDir().orElseThrow())
                .parameters()
                .values();
        // Adam divides by tiny second moments in its first steps, so rounding shows up to a few thousandths of the
        // rate.
        assertThat(b).usingComparatorWithPrecision(2e-3f).containsExactly(a);
    }

    @Test
    void aRunIsWorkedOnByOneProcess() throws IOException {
        List<String> refused = new ArrayList<>();
        Recipe recipe = Tiny.recipe(1, 1, List.of(Tiny.pretrain(5, 4, 1, 0)), 100);
        TrainingRun[] run = new TrainingRun[1];
        run[0] = start(recipe, new RunEvents() {
            @Override
            public void progress(Progress progress) {
                try {
                    trials.resume(recipe, run[0].run(), RunEvents.NONE).execute();
                } catch (GenkaException e) {
                    refused.add(e.getMessage());
                }
            }
        });
        run[0].execute();
        assertThat(refused).hasSize(5).allMatch(message -> message.contains("under way"));
    }

    @Test
    void anUntrainedBaseIsNotReinforced() {
        assertThatThrownBy(() -> run(Tiny.recipe(1, 1, List.of(Tiny.grpo(2, 0, 1)), 1)))
                .isInstanceOf(GenkaException.class)
                .hasMessageContaining("cannot start")
                .hasMessageContaining("pass@16");
    }

    @Test
    void textIsLearnedAndResumedAtTheSameToken() throws IOException {
        Path text = Files.createDirectory(home.resolve("text"));
        for (int i = 0; i < 6; i++) {
            Files.writeString(
                    text.resolve(i + ".txt"), ("line " + i + " of a text that repeats\n").repeat(700 + 90 * i));
        }
        Recipe.DataSpec data = new Recipe.DataSpec.Text(text.toString(), "**", 0.2);
        List<StageSpec> stages = List.of(Tiny.pretrain(30, 8, 1, 10));
        RunResult whole = run(Tiny.recipe(1, 1, stages, data, 100));
        assertThat(whole.after().orElseThrow().bitsPerByte())
                .isLessThan(whole.before().orElseThrow().bitsPerByte() / 2);
        Trials.Interruption stop = new Trials.Interruption(13, true);
        TrainingRun run = start(Tiny.recipe(1, 1, stages, data, 100), stop);
        assertThat(stop.ends(run)).isFalse();
        RunResult resumed = trials.resume(Tiny.recipe(1, 1, stages, data, 100), run.run(), RunEvents.NONE)
                .execute();
        assertThat(Trials.weights(resumed)).isEqualTo(Trials.weights(whole));
        assertThat(resumed.after()).isEqualTo(whole.after());
    }

    @Test
    void aRecipeForAFleetIsRefusedInNumbers() {
        Recipe here = Tiny.recipe(1, 1, stages(0, 1), 1);
        Recipe fleet = new Recipe(
                here.name(),
                here.about(),
                here.seed(),
                here.models(),
                here.tokenizer(),
                here.sources(),
                here.stages(),
                here.checkpoint(),
                new Recipe.Placement.Fleet("H800", 2048, Map.of()),
                here.budget());
        assertThatThrownBy(() -> start(fleet, RunEvents.NONE))
                .isInstanceOf(GenkaException.class)
                .hasMessageContaining("2048 H800")
                .hasMessageContaining("this machine has");
        assertThat(home.resolve("runs")).doesNotExist();
    }
}
