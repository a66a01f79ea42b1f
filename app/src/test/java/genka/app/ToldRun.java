package genka.app;

import genka.books.Attempt;
import genka.books.Ledger;
import genka.books.Machine;
import genka.books.NewRun;
import genka.books.RunState;
import genka.books.Use;
import genka.books.UseClock.Slice;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A run that is told step by step and never trained, for tests of pages: it pre-trains, is rewarded and has its aha moment at step 6. */
final class ToldRun implements AutoCloseable {
    /** What a hostile model, recipe or user could write. */
    static final String HOSTILE =
            "</script><script>document.title='taken'</script><img src=x onerror=\"document.title='taken'\">";

    private static final long SECOND = 1_000_000_000L;
    private final Ledger ledger;
    private final Attempt attempt;
    private final Path folder;
    private final List<Slice> slices = new ArrayList<>();

    private ToldRun(Path home, String id, long seed) {
        this.folder = home.resolve("runs").resolve(id);
        this.ledger = Ledger.open(home);
        ledger.createRun(new NewRun(
                id,
                "told",
                "hash",
                folder.toString(),
                seed,
                Instant.now(),
                new Machine(2, "a <b>processor</b>"),
                Optional.empty()));
        attempt = ledger.begin(id, Instant.now(), ProcessHandle.current().pid());
        write("recipe.yaml", """
                name: told
                about: 'A told run learns to think. %s'
                seed: %d
                stages:
                - kind: pretrain
                  name: pretrain
                - kind: grpo
                  name: grpo
                """.formatted(HOSTILE.replace("'", "''"), seed));
    }

    /** A run that has just begun. */
    static ToldRun begin(Path home, String id, long seed) {
        try {
            Files.createDirectories(home.resolve("runs").resolve(id));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new ToldRun(home, id, seed);
    }

    /** A run from its beginning to its end. */
    static void whole(Path home, String id, long seed) {
        try (ToldRun run = begin(home, id, seed)) {
            run.pretrain(40);
            run.reinforce(0, 12);
            run.finish();
        }
    }

    void pretrain(int steps) {
        for (int step = 1; step <= steps; step++) {
            line("metrics.jsonl", String.format(Locale.ROOT, """
                    {"stage":"pretrain","step":%d,"loss":%f,"learning_rate":0.002,"gradient_norm":1.0,"tokens_per_s":20000,\
                    "expert_load":{"1":[0.25,0.25,0.3,0.2]}}""", step, 3.0 / step));
        }
        line("metrics.jsonl", String.format(Locale.ROOT, """
                {"stage":"pretrain","step":%d,"evaluation":{"greedy_accuracy":0.1,"mean_response_tokens":3.0}}""", steps));
        spend("pretrain", Use.PRETRAIN, 40);
    }

    /** Steps of the stage that rewards answers; every second one is evaluated. */
    void reinforce(int from, int to) {
        for (int step = from; step < to; step++) {
            boolean thinks = step + 1 >= 6;
            line(
                    "metrics.jsonl",
                    String.format(Locale.ROOT, """
                    {"stage":"grpo","step":%d,"reward":%f,"accuracy":%f,"format":1.0,"response_tokens":%f,"entropy":0.2,\
                    "learning_rate":0.0004,"tokens_per_s":8000,"expert_load":{"1":[0.4,0.1,0.3,0.2]}}""", step + 1, 0.4, thinks ? 0.8 : 0.3, thinks ? 20.0 : 6.0));
            if (step % 2 == 1) {
                line(
                        "metrics.jsonl",
                        String.format(Locale.ROOT, """
                        {"stage":"grpo","step":%d,"evaluation":{"greedy_accuracy":%f,"mean_response_tokens":%f}}""", step + 1, thinks ? 0.98 : 0.12, thinks ? 21.5 : 3.0));
            }
        }
        String said = HOSTILE.replace("\"", "\\\"");
        line("samples.jsonl", String.format(Locale.ROOT, """
                {"stage":"grpo","step":%d,"prompt":"1+2=","response":"%s","score":1.0}""", to, said));
        attempt.count("grpo", 17_000, 1_500);
        spend("grpo", Use.ROLLOUT, 2);
        spend("grpo", Use.UPDATE, 3);
    }

    void finish() {
        write("result.json", """
                {"exchanges_before":[{"prompt":"1+2=","response":"A4","score":0.0}],
                 "exchanges_after":[{"prompt":"1+2=","response":"T1+2=3/A3","score":1.0}]}""");
        attempt.finish(RunState.FINISHED, slices, elapsed());
    }

    private void spend(String stage, Use use, long seconds) {
        slices.add(new Slice(stage, use, seconds * SECOND));
        attempt.checkpointed(slices, elapsed());
    }

    private long elapsed() {
        return slices.stream().mapToLong(Slice::nanos).sum();
    }

    private void line(String name, String json) {
        try {
            Files.writeString(folder.resolve(name), json + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(String name, String text) {
        try {
            Files.write(folder.resolve(name), text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        ledger.close();
    }
}
