package genka.books;

import genka.books.AttemptRecord.Entry;
import genka.books.UseClock.Slice;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An attempt under way: what its process tells the ledger from time to time. Safe for several threads. A later word never takes back an
 * earlier one, so a checkpoint may be reported with the reading of the moment it covers although heartbeats went on meanwhile.
 */
public final class Attempt {
    private record Key(String stage, Use use) {}

    /** What one stage worked through. */
    record Work(long tokens, long answers) {}

    private final Ledger ledger;
    private final long id;
    private final EnergyMeter meter;
    private final Map<Key, Entry> entries = new LinkedHashMap<>();
    private final Map<String, Work> works = new LinkedHashMap<>();
    private long elapsedNanos;
    private long safeNanos;

    Attempt(Ledger ledger, long id, EnergyMeter meter) {
        this.ledger = ledger;
        this.id = id;
        this.meter = meter;
    }

    public long id() {
        return id;
    }

    /** Adds to what a stage worked through; the next word carries it to the ledger. */
    public synchronized void count(String stage, long tokens, long answers) {
        works.merge(
                stage,
                new Work(tokens, answers),
                (a, b) -> new Work(a.tokens() + b.tokens(), a.answers() + b.answers()));
    }

    /**
     * Still alive, and this is how the time was used so far.
     *
     * @param slices of {@link UseClock#slices()}: totals since the attempt's start, not changes
     * @param elapsed their sum; anything else is an INTERNAL error
     */
    public synchronized void heartbeat(List<Slice> slices, long elapsed) {
        take(slices, elapsed, false);
        write(RunState.RUNNING);
    }

    /** A checkpoint is on disk that covers everything up to this reading: a kill from now on cannot lose it. */
    public synchronized void checkpointed(List<Slice> slices, long elapsed) {
        take(slices, elapsed, true);
        write(RunState.RUNNING);
    }

    /**
     * The last word. A finished attempt keeps everything; a stopped or failed one loses what came after its last checkpoint.
     *
     * @param state FINISHED, STOPPED or FAILED
     */
    public synchronized void finish(RunState state, List<Slice> slices, long elapsed) {
        if (state == RunState.RUNNING) {
            throw new IllegalArgumentException("an attempt cannot end as " + state);
        }
        take(slices, elapsed, state == RunState.FINISHED);
        write(state);
    }

    private void take(List<Slice> slices, long elapsed, boolean safe) {
        long sum = 0;
        for (Slice slice : slices) {
            sum = Math.addExact(sum, slice.nanos());
        }
        if (sum != elapsed) {
            throw AttemptRecord.doesNotClose("attempt " + id, sum, elapsed);
        }
        for (Slice slice : slices) {
            Entry now = new Entry(slice.stage(), slice.use(), slice.nanos(), safe ? slice.nanos() : 0);
            entries.merge(
                    new Key(slice.stage(), slice.use()),
                    now,
                    (a, b) -> new Entry(
                            a.stage(),
                            a.use(),
                            Math.max(a.nanos(), b.nanos()),
                            Math.max(a.safeNanos(), b.safeNanos())));
        }
        elapsedNanos = Math.max(elapsedNanos, elapsed);
        safeNanos = safe ? Math.max(safeNanos, elapsed) : safeNanos;
        close(entries.values().stream().mapToLong(Entry::nanos).sum(), elapsedNanos);
        close(entries.values().stream().mapToLong(Entry::safeNanos).sum(), safeNanos);
    }

    private void close(long sum, long whole) {
        if (sum != whole) {
            throw AttemptRecord.doesNotClose("attempt " + id + " over time", sum, whole);
        }
    }

    private void write(RunState state) {
        ledger.write(
                id,
                state,
                new Ledger.Totals(elapsedNanos, safeNanos, meter.read()),
                List.copyOf(entries.values()),
                new LinkedHashMap<>(works));
    }
}
