package genka.train;

import static org.assertj.core.api.Assertions.assertThat;

import genka.books.Ledger;
import genka.books.RunState;
import genka.books.RunSummary;
import genka.books.UseClock;
import genka.catalog.Recipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class BudgetTest {
    private static final long HOUR = 3_600_000_000_000L;

    @TempDir
    Path home;

    /** An hour passes with every step. */
    private final AtomicLong now = new AtomicLong();

    private final List<String> notices = new ArrayList<>();

    private final RunEvents watcher = new RunEvents() {
        @Override
        public void progress(Progress progress) {
            now.addAndGet(HOUR);
        }

        @Override
        public void notice(String text) {
            notices.add(text);
        }
    };

    private static Recipe recipe(Optional<Double> usd, Optional<Double> hours) {
        Recipe tiny = Tiny.recipe(1, 1, List.of(Tiny.pretrain(10, 4, 1, 0)), 100);
        return new Recipe(
                tiny.name(),
                tiny.about(),
                tiny.seed(),
                tiny.models(),
                tiny.tokenizer(),
                tiny.sources(),
                tiny.stages(),
                tiny.checkpoint(),
                tiny.where(),
                new Recipe.Budget(usd, hours));
    }

    private UseClock clock() {
        return new UseClock(now::get, now.get());
    }

    private static byte[] weights(RunResult result) throws IOException {
        return Files.readAllBytes(result.modelDir().orElseThrow().resolve("model.safetensors"));
    }

    @Test
    void aRunStopsAtItsMoneyAndGoesOnWithMore() throws IOException {
        Recipe unlimited = recipe(Optional.empty(), Optional.empty());
        RunResult whole = TrainingRun.start(home, unlimited, "name: tiny\n", "hash", clock(), RunEvents.NONE)
                .execute();
        double usdPerHour = genka.books.Spending.of(0, BudgetLimit.CARD).usd(HOUR);
        Recipe little = recipe(Optional.of(3.5 * usdPerHour), Optional.empty());
        RunResult stopped = TrainingRun.start(home, little, "name: tiny\n", "hash", clock(), watcher)
                .execute();
        assertThat(stopped.state()).isEqualTo(RunResult.State.STOPPED);
        assertThat(stopped.stages().getLast().steps()).isEqualTo(4);
        assertThat(notices).singleElement().asString().contains("budget.max_usd", "used up", "rates of rent");
        RunResult none = TrainingRun.resume(home, stopped.run(), little, clock(), watcher)
                .execute();
        assertThat(none.state()).isEqualTo(RunResult.State.STOPPED);
        assertThat(notices).hasSize(2).last().asString().contains("--set budget.max_usd=");
        // The time of the first attempt still counts: three hours are left of seven.
        Recipe more = recipe(Optional.of(6.5 * usdPerHour), Optional.empty());
        RunResult again =
                TrainingRun.resume(home, stopped.run(), more, clock(), watcher).execute();
        assertThat(again.stages().getLast().steps()).isEqualTo(7);
        RunResult finished = TrainingRun.resume(home, stopped.run(), unlimited, clock(), watcher)
                .execute();
        assertThat(weights(finished)).isEqualTo(weights(whole));
        theFilesTellTheTimeOfAllAttempts(finished);
    }

    /** Ten hours in three attempts. */
    private void theFilesTellTheTimeOfAllAttempts(RunResult finished) throws IOException {
        RunSummary books;
        try (Ledger ledger = Ledger.open(home)) {
            books = ledger.run(finished.run());
        }
        assertThat(books.wallNanos()).isEqualTo(10 * HOUR);
        JsonNode file = new JsonMapper().readTree(finished.folder().resolve("result.json"));
        assertThat(file.path("wall_s").asDouble()).isEqualTo(books.wallNanos() * 1e-9);
        assertThat(file.path("stages").path(0).path("wall_s").asDouble()).isEqualTo(books.nanosOf("pretrain") * 1e-9);
    }

    @Test
    void aBudgetThatIsUsedUpBeforeTheFirstStepStopsTheRunWithItsTimeInTheBooks() {
        TrainingRun run = TrainingRun.start(
                home, recipe(Optional.empty(), Optional.of(1.5)), "name: tiny\n", "hash", clock(), watcher);
        now.addAndGet(2 * HOUR);
        RunResult stopped = run.execute();
        assertThat(stopped.state()).isEqualTo(RunResult.State.STOPPED);
        assertThat(stopped.stages()).isEmpty();
        assertThat(stopped.wallSeconds()).isEqualTo(2 * 3600);
        assertThat(notices)
                .singleElement()
                .asString()
                .contains("budget.max_hours (1.5) is used up", "together took 2 hours", "--set budget.max_hours=4");
        try (Ledger ledger = Ledger.open(home)) {
            RunSummary books = ledger.run(stopped.run());
            assertThat(books.state()).isEqualTo(RunState.STOPPED);
            assertThat(books.wallNanos()).isEqualTo(2 * HOUR);
        }
    }

    @Test
    void aRunStopsAtItsHours() {
        RunResult stopped = TrainingRun.start(
                        home, recipe(Optional.empty(), Optional.of(1.5)), "name: tiny\n", "hash", clock(), watcher)
                .execute();
        assertThat(stopped.stages().getLast().steps()).isEqualTo(2);
        assertThat(notices.getFirst()).contains("budget.max_hours (1.5");
    }
}
