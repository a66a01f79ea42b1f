package genka.books;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Splits an attempt's time into uses: each change of use ends one stretch and begins the next at the same reading, so the stretches
 * add up to the whole by construction. A change of use allocates nothing once its stage is known. Safe for several threads: they share
 * one present use.
 */
public final class UseClock {
    /** Time of one use in one stage, up to a reading of the clock. */
    public record Slice(String stage, Use use, long nanos) {
        /** Time of all uses in one stage. */
        public static long nanosOf(String stage, List<Slice> slices) {
            return slices.stream()
                    .filter(slice -> slice.stage().equals(stage))
                    .mapToLong(Slice::nanos)
                    .reduce(0, Math::addExact);
        }
    }

    /** Slices and the elapsed time they add up to, of one moment. */
    public record Reading(List<Slice> slices, long elapsedNanos) {
        public Reading {
            slices = List.copyOf(slices);
        }
    }

    private static final Use[] USES = Use.values();

    private final Map<String, long[]> nanosByStage = new LinkedHashMap<>();
    private final LongSupplier clock;
    private final long startedAt;
    private String stage = "";
    private Use use = Use.START_UP;
    private long[] nanos;
    private long since;

    /**
     * @param clock nanoseconds, monotonic (System::nanoTime)
     * @param startedAt its reading when the process began
     */
    public UseClock(LongSupplier clock, long startedAt) {
        this.clock = clock;
        this.startedAt = startedAt;
        this.since = startedAt;
        this.nanos = nanosByStage.computeIfAbsent(stage, s -> new long[USES.length]);
    }

    /** From now on time belongs to this use of this stage. */
    public synchronized void enter(String newStage, Use newUse) {
        settle();
        if (!newStage.equals(stage)) {
            stage = newStage;
            nanos = nanosByStage.computeIfAbsent(stage, s -> new long[USES.length]);
        }
        use = newUse;
    }

    /** From now on time belongs to this use of the same stage. */
    public synchronized void enter(Use newUse) {
        settle();
        use = newUse;
    }

    public synchronized Use use() {
        return use;
    }

    public synchronized String stage() {
        return stage;
    }

    /** All stretches so far, ending now. */
    public synchronized List<Slice> slices() {
        settle();
        List<Slice> slices = new ArrayList<>();
        nanosByStage.forEach((name, totals) -> {
            for (Use each : USES) {
                if (totals[each.ordinal()] != 0) {
                    slices.add(new Slice(name, each, totals[each.ordinal()]));
                }
            }
        });
        return slices;
    }

    /** Nanoseconds from the start to the last reading: the sum of the {@link #slices()} taken then. */
    public synchronized long elapsed() {
        return since - startedAt;
    }

    /** The slices and their sum of one moment, also while other threads change the use. */
    public synchronized Reading read() {
        return new Reading(slices(), elapsed());
    }

    private void settle() {
        long now = clock.getAsLong();
        // A clock that steps back gives the present use nothing: no slice is ever negative.
        if (now - since > 0) {
            nanos[use.ordinal()] += now - since;
            since = now;
        }
    }
}
