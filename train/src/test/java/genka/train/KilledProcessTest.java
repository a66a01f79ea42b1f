package genka.train;

import static org.assertj.core.api.Assertions.assertThat;

import genka.books.Ledger;
import genka.books.RunState;
import genka.books.RunSummary;
import genka.books.UseClock;
import genka.catalog.Recipe;
import genka.catalog.StageSpec;
import genka.kernel.SeededRandom;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes that get SIGKILL at random moments. */
final class KilledProcessTest {
    private static final List<StageSpec> STAGES = List.of(Tiny.pretrain(40, 16, 1, 20), Tiny.grpo(10, 0.01, 2));

    @TempDir
    Path home;

    private static Recipe recipe() {
        return Tiny.recipe(5, 1, STAGES, 0.05);
    }

    /** The killed process: starts a run under args[0], or goes on with the one that is there, and prints a line a step. */
    static final class Child {
        private Child() {}

        public static void main(String[] args) throws IOException {
            Path home = Path.of(args[0]);
            UseClock clock = new UseClock(System::nanoTime, System.nanoTime());
            RunEvents events = new RunEvents() {
                @Override
                public void progress(Progress progress) {
                    System.out.println(progress.step());
                }
            };
            List<Path> runs = runs(home);
            TrainingRun run = runs.isEmpty()
                    ? TrainingRun.start(home, recipe(), "name: tiny\n", "hash", clock, events)
                    : TrainingRun.resume(home, String.valueOf(runs.getFirst().getFileName()), recipe(), clock, events);
            run.execute();
        }
    }

    private static List<Path> runs(Path home) throws IOException {
        Path runs = home.resolve("runs");
        if (!Files.isDirectory(runs)) {
            return List.of();
        }
        try (Stream<Path> list = Files.list(runs)) {
            return list.toList();
        }
    }

    /** Runs a child and kills it after so many lines; whether it came to its end before. */
    private static boolean killed(Path home, int afterLines) throws IOException, InterruptedException {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-modules=jdk.incubator.vector",
                        "--enable-native-access=ALL-UNNAMED",
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        Child.class.getName(),
                        home.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader lines = child.inputReader()) {
            for (int line = 0; line < afterLines; line++) {
                if (lines.readLine() == null) {
                    assertThat(child.waitFor()).isZero();
                    return false;
                }
            }
            child.destroyForcibly().waitFor();
            return true;
        }
    }

    /** Kills runs, one after the other, until there were so many kills; each must end as a run that was left alone. */
    private void killAndCompare(int kills) throws IOException, InterruptedException {
        UseClock clock = new UseClock(System::nanoTime, System.nanoTime());
        RunResult whole = TrainingRun.start(
                        home.resolve("quiet"), recipe(), "name: tiny\n", "hash", clock, RunEvents.NONE)
                .execute();
        byte[] expected = Trials.weights(whole);
        SeededRandom random = SeededRandom.of(kills);
        int done = 0;
        for (int run = 0; done < kills; run++) {
            done += killedRun(home.resolve("killed-" + run), kills - done, random, expected);
        }
    }

    /** One run, killed at most so many times; returns how often it was. */
    private static int killedRun(Path home, int most, SeededRandom random, byte[] expected)
            throws IOException, InterruptedException {
        int done = 0;
        while (done < most && killed(home, 1 + random.nextInt(12))) {
            done++;
        }
        Path run = runs(home).getFirst();
        if (!Files.exists(run.resolve("result.json"))) {
            killed(home, Integer.MAX_VALUE);
        }
        assertThat(done).isPositive();
        assertThat(Trials.weights(run)).isEqualTo(expected);
        try (Ledger ledger = Ledger.open(home)) {
            RunSummary summary = ledger.newest().orElseThrow();
            assertThat(summary.state()).isEqualTo(RunState.FINISHED);
            assertThat(summary.attempts()).hasSizeGreaterThan(done);
            assertThat(summary.nanosByUse().values().stream()
                            .mapToLong(Long::longValue)
                            .sum())
                    .isEqualTo(summary.wallNanos());
        }
        return done;
    }

    @Test
    void killedFiveTimesEndsInTheSameBits() throws IOException, InterruptedException {
        killAndCompare(5);
    }

    @Test
    @Tag("long")
    void killedAHundredTimesEndsInTheSameBits() throws IOException, InterruptedException {
        killAndCompare(100);
    }
}
