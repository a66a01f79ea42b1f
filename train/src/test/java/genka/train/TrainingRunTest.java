package genka.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import genka.books.UseClock;
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
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TrainingRunTest {
    private static final int PRETRAIN = 40;
    private static final int REINFORCE = 12;

    @TempDir
    Path home;

    /** The machine goes away in the middle of a step. */
    private static final class Vanished extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private static UseClock clock() {
        return new UseClock(System::nanoTime, System.nanoTime());
    }

    private TrainingRun start(Recipe recipe, RunEvents events) {
        return TrainingRun.start(home, recipe, "name: tiny\n", "hash", clock(), events);
    }

    private RunResult run(Recipe recipe) {
        return start(recipe, RunEvents.NONE).execute();
    }

    private static byte[] weights(RunResult result) throws IOException {
        return Files.readAllBytes(result.modelDir().orElseThrow().resolve("model.safetensors"));
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
        assertThat(steps(result.folder())).hasSize(PRETRAIN + REINFORCE).doesNotHaveDuplicates();
        assertThatThrownBy(() -> resume(Tiny.recipe(1, 1, stages(0, 1), 1), result.run(), RunEvents.NONE))
                .isInstanceOf(GenkaException.class)
                .hasMessageContaining("finished");
    }

    @Test
    void aRunStoppedOrKilledTwentyTimesEndsInTheSameBits() throws IOException {
        Recipe whole = Tiny.recipe(3, 1, stages(0.01, 2), 100);
        byte[] expected = weights(run(whole));
        SeededRandom random = SeededRandom.of(99);
        int interruptions = 0;
        for (int trial = 0; interruptions < 20; trial++) {
            // Checkpoints after every step, or rarely: then a kill loses work that has to be done again.
            Recipe recipe = Tiny.recipe(3, 1, stages(0.01, 2), trial % 2 == 0 ? 0 : 0.03);
            TrainingRun run = start(recipe, RunEvents.NONE);
            Path folder = run.folder();
            boolean ended = false;
            for (int i = 0; i < 4 && !ended; i++) {
                ended = interrupted(recipe, run.run(), random);
                interruptions += ended ? 0 : 1;
            }
            if (!ended) {
                resume(recipe, run.run(), RunEvents.NONE).execute();
            }
            assertThat(Files.readAllBytes(folder.resolve("model/model.safetensors")))
                    .as("trial " + trial)
                    .isEqualTo(expected);
            assertThat(steps(folder)).hasSize(PRETRAIN + REINFORCE).doesNotHaveDuplicates();
        }
    }

    /** An attempt that is stopped or killed at a random step, unless it ends before. */
    private boolean interrupted(Recipe recipe, String name, SeededRandom random) {
        Interruption interruption =
                new Interruption(random.nextInt((PRETRAIN + REINFORCE) / 2), random.nextInt(2) == 0);
        TrainingRun attempt = resume(recipe, name, interruption);
        interruption.run = attempt;
        return interruption.ends(attempt);
    }

    /** Stops in good order, or not, after so many steps of this attempt. */
    private static final class Interruption implements RunEvents {
        private final boolean inGoodOrder;
        private int left;

        @Nullable
        TrainingRun run;

        Interruption(int after, boolean inGoodOrder) {
            this.left = after;
            this.inGoodOrder = inGoodOrder;
        }

        @Override
        public void progress(Progress progress) {
            if (left-- == 0) {
                if (!inGoodOrder) {
                    throw new Vanished();
                }
                Objects.requireNonNull(run).requestStop();
            }
        }

        boolean ends(TrainingRun on) {
            try {
                return on.execute().state() == RunResult.State.FINISHED;
            } catch (Vanished _) {
                return false;
            }
        }
    }

    private TrainingRun resume(Recipe recipe, String name, RunEvents events) {
        return TrainingRun.resume(home, name, recipe, clock(), events);
    }

    @Test
    void threadsDoNotChangeABit() throws IOException {
        byte[] one = weights(run(Tiny.recipe(4, 1, stages(0.01, 2), 100)));
        byte[] two = weights(run(Tiny.recipe(4, 2, stages(0.01, 2), 100)));
        assertThat(two).isEqualTo(one);
    }

    @Test
    void seedsDiffer() throws IOException {
        List<StageSpec> stages = List.of(Tiny.pretrain(5, 4, 1, 0));
        assertThat(weights(run(Tiny.recipe(1, 1, stages, 100))))
                .isNotEqualTo(weights(run(Tiny.recipe(2, 1, stages, 100))));
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
                    resume(recipe, run[0].run(), RunEvents.NONE).execute();
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
        Interruption stop = new Interruption(13, true);
        TrainingRun run = start(Tiny.recipe(1, 1, stages, data, 100), stop);
        stop.run = run;
        assertThat(stop.ends(run)).isFalse();
        RunResult resumed = resume(Tiny.recipe(1, 1, stages, data, 100), run.run(), RunEvents.NONE)
                .execute();
        assertThat(weights(resumed)).isEqualTo(weights(whole));
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

    /** Stage and step of each line of metrics.jsonl that is a step. */
    private static List<String> steps(Path folder) throws IOException {
        try (Stream<String> lines = Files.lines(folder.resolve("metrics.jsonl"))) {
            return lines.filter(line -> line.contains("\"learning_rate\""))
                    .map(line -> line.replaceAll("(\"step\":\\d+).*", "$1"))
                    .toList();
        }
    }
}
