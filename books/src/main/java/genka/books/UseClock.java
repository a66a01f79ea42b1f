package genka.books;

import java.util.function.LongSupplier;

/**
 * Splits an attempt's time into uses: each change of use ends one stretch and begins the next at the same reading, so the stretches
 * add up to the whole by construction.
 */
public final class UseClock {
    /** Totals up to a reading of the clock. */
    public record Slice(String stage, Use use, long nanos) {}

    private final java.util.Map<String, java.util.EnumMap<Use, Long>> nanosByStage = new java.util.LinkedHashMap<>();
    private final LongSupplier clock;
    private final long startedAt;
    private String stage = "";
    private Use use = Use.START_UP;
    private long since;

    /**
     * @param clock nanoseconds, monotonic (System::nanoTime)
     * @param startedAt its reading when the process began
     */
    public UseClock(LongSupplier clock, long startedAt) {
        this.clock = clock;
        this.startedAt = startedAt;
        this.since = startedAt;
    }

    /** From now on time belongs to this use of this stage. */
    public void enter(String newStage, Use newUse) {
        settle();
        stage = newStage;
        use = newUse;
    }

    /** From now on time belongs to this use of the same stage. */
    public void enter(Use newUse) {
        enter(stage, newUse);
    }

    public Use use() {
        return use;
    }

    /** All stretches so far, ending now. */
    public java.util.List<Slice> slices() {
        settle();
        java.util.List<Slice> slices = new java.util.ArrayList<>();
        nanosByStage.forEach((name, nanos) -> nanos.forEach((each, n) -> slices.add(new Slice(name, each, n))));
        return slices;
    }

    /** Nanoseconds from the start to the last reading: the sum of the {@link #slices()} taken then. */
    public long elapsed() {
        return since - startedAt;
    }

    private void settle() {
        long now = clock.getAsLong();
        nanosByStage
                .computeIfAbsent(stage, s -> new java.util.EnumMap<>(Use.class))
                .merge(use, now - since, Long::sum);
        since = now;
    }
}
