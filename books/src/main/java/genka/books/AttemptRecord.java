package genka.books;

import genka.books.UseClock.Slice;
import genka.units.Fault;
import genka.units.GenkaException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One attempt at a run as the ledger holds it: a process from its start to its last word.
 *
 * @param entries what the time was spent on at first, before anything was lost
 */
public record AttemptRecord(
        long id,
        String runId,
        Instant startedAt,
        RunState state,
        List<Entry> entries,
        RunFacts facts,
        EnergyUse energy) {

    /**
     * Time of one use in one stage.
     *
     * @param nanos up to the last word of the attempt
     * @param safeNanos the part of it that the last checkpoint covers
     */
    public record Entry(String stage, Use use, long nanos, long safeNanos) {
        public Entry {
            if (safeNanos < 0 || nanos < safeNanos) {
                throw new GenkaException(
                        Fault.INTERNAL,
                        "ledger: %s %s holds %d ns of which %d ns are safe".formatted(stage, use, nanos, safeNanos));
            }
        }
    }

    public AttemptRecord {
        entries = List.copyOf(entries);
    }

    /** The whole time of the attempt, in nanoseconds. */
    public long elapsedNanos() {
        return entries.stream().mapToLong(Entry::nanos).reduce(0, Math::addExact);
    }

    /**
     * What each nanosecond was used for in the end: what a stopped, killed or failed attempt did after its last checkpoint is {@link
     * Use#LOST}. Adds up to {@link #elapsedNanos()}.
     */
    public List<Slice> slices() {
        if (!state.losesWork()) {
            return entries.stream()
                    .map(e -> new Slice(e.stage(), e.use(), e.nanos()))
                    .toList();
        }
        Map<String, Long> lost = new LinkedHashMap<>();
        List<Slice> slices = new ArrayList<>();
        for (Entry entry : entries) {
            if (entry.safeNanos() > 0) {
                slices.add(new Slice(entry.stage(), entry.use(), entry.safeNanos()));
            }
            if (entry.nanos() > entry.safeNanos()) {
                lost.merge(entry.stage(), entry.nanos() - entry.safeNanos(), Math::addExact);
            }
        }
        lost.forEach((stage, nanos) -> slices.add(new Slice(stage, Use.LOST, nanos)));
        return List.copyOf(slices);
    }

    /** The error of books that do not add up. */
    static GenkaException doesNotClose(String what, long sum, long elapsed) {
        return new GenkaException(
                Fault.INTERNAL,
                "ledger does not close by %d ns: the slices of %s add up to %d ns, its time is %d ns"
                        .formatted(sum - elapsed, what, sum, elapsed));
    }
}
