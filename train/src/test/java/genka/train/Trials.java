package genka.train;

import genka.books.UseClock;
import genka.catalog.Recipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Runs in a test's own home, which may be stopped in good order or vanish at any step. */
final class Trials {
    private final Path home;

    Trials(Path home) {
        this.home = home;
    }

    private static UseClock clock() {
        return new UseClock(System::nanoTime, System.nanoTime());
    }

    TrainingRun start(Recipe recipe, RunEvents events) {
        return TrainingRun.start(home, recipe, "name: tiny\n", "hash", clock(), events);
    }

    TrainingRun resume(Recipe recipe, String name, RunEvents events) {
        return TrainingRun.resume(home, name, recipe, clock(), events);
    }

    RunResult run(Recipe recipe) {
        return start(recipe, RunEvents.NONE).execute();
    }

    /** The bytes of the trained model. */
    static byte[] weights(RunResult result) throws IOException {
        return weights(result.folder());
    }

    static byte[] weights(Path folder) throws IOException {
        return Files.readAllBytes(folder.resolve("model/model.safetensors"));
    }

    /** Stage and step of each line of metrics.jsonl that is a step. */
    static List<String> steps(Path folder) throws IOException {
        try (Stream<String> lines = Files.lines(folder.resolve("metrics.jsonl"))) {
            return lines.filter(line -> line.contains("\"learning_rate\""))
                    .map(line -> line.replaceAll("(\"step\":\\d+).*", "$1"))
                    .toList();
        }
    }

    /** Goes on with a run and interrupts it after so many steps, unless it ends before; whether it did. */
    boolean interrupted(Recipe recipe, String name, int afterSteps, boolean inGoodOrder) {
        Interruption interruption = new Interruption(afterSteps, inGoodOrder);
        return interruption.ends(resume(recipe, name, interruption));
    }

    /** The machine goes away in the middle of a step. */
    private static final class Vanished extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /** Stops in good order, or not, after so many steps of this attempt. */
    static final class Interruption implements RunEvents {
        private final boolean inGoodOrder;
        private int left;
        private @Nullable TrainingRun run;

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
            run = on;
            try {
                return on.execute().state() == RunResult.State.FINISHED;
            } catch (Vanished _) {
                return false;
            }
        }
    }
}
