package genka.books;

import static org.assertj.core.api.Assertions.assertThat;

import genka.books.UseClock.Slice;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Conservation: whatever happens to a run, its slices are its time, and only what no checkpoint covers is lost. */
class LedgerLawsTest {
    @TempDir
    Path home;

    private final SplittableRandom[] random = new SplittableRandom[1];

    private static long sum(List<Slice> slices) {
        return slices.stream().mapToLong(Slice::nanos).sum();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void timeIsConservedThroughKillsAndResumes(long seed) throws Exception {
        random[0] = new SplittableRandom(seed);
        long dead = LedgerTest.deadProcess();
        try (Ledger ledger = Ledger.open(home)) {
            ledger.createRun(LedgerTest.run("r", 0));
            long whole = 0;
            long lost = 0;
            for (int kill = 0; kill < 5; kill++) {
                long[] end = attempt(ledger, dead, kill);
                whole += end[0];
                lost += end[0] - end[1];
            }
            ledger.recover("r");
            RunSummary run = ledger.run("r");
            assertThat(run.wallNanos()).isEqualTo(whole);
            assertThat(sum(run.slices())).isEqualTo(whole);
            assertThat(run.nanosByUse().getOrDefault(Use.LOST, 0L)).isEqualTo(lost);
            assertThat(run.attempts())
                    .allSatisfy(a -> assertThat(sum(a.slices())).isEqualTo(a.elapsedNanos()));
        }
    }

    /** Returns the attempt's time up to its last word and the part a checkpoint covers. */
    private long[] attempt(Ledger ledger, long pid, int number) {
        AtomicLong now = new AtomicLong(random[0].nextLong(1L << 60));
        UseClock clock = new UseClock(now::get, now.get());
        Attempt attempt = ledger.begin("r", Instant.EPOCH.plusSeconds(number), pid);
        long told = 0;
        long safe = 0;
        for (int step = random[0].nextInt(30); step >= 0; step--) {
            now.addAndGet(random[0].nextLong(60_000_000_000L));
            clock.enter("s" + random[0].nextInt(3), Use.values()[random[0].nextInt(8)]);
            UseClock.Reading reading = clock.read();
            int what = random[0].nextInt(4);
            if (what == 0) {
                attempt.checkpointed(reading.slices(), reading.elapsedNanos());
                safe = reading.elapsedNanos();
                told = safe;
            } else if (what == 1) {
                attempt.heartbeat(reading.slices(), reading.elapsedNanos());
                told = reading.elapsedNanos();
            }
        }
        if (random[0].nextInt(3) == 0) {
            UseClock.Reading reading = clock.read();
            RunState end = RunState.values()[1 + random[0].nextInt(4)];
            attempt.finish(end, reading.slices(), reading.elapsedNanos());
            told = reading.elapsedNanos();
            safe = end == RunState.FINISHED ? told : safe;
        }
        return new long[] {told, safe};
    }
}
