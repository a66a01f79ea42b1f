package genka.books;

import genka.books.UseClock.Slice;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A run in short: what ran, where it stands, what its time was used for.
 *
 * @param attempts oldest first
 */
public record RunSummary(NewRun run, List<AttemptRecord> attempts) {
    public RunSummary {
        attempts = List.copyOf(attempts);
    }

    public String id() {
        return run.id();
    }

    /** That of the last attempt; a run without one is as good as killed. */
    public RunState state() {
        return attempts.isEmpty() ? RunState.KILLED : attempts.getLast().state();
    }

    /** Time of all attempts, in nanoseconds; what lies between them is no time of the run. */
    public long wallNanos() {
        return attempts.stream().mapToLong(AttemptRecord::elapsedNanos).reduce(0, Math::addExact);
    }

    /** All attempts' slices, those of the same stage and use added up. Adds up to {@link #wallNanos()}. */
    public List<Slice> slices() {
        Map<String, Map<Use, Long>> sums = new LinkedHashMap<>();
        for (AttemptRecord attempt : attempts) {
            for (Slice slice : attempt.slices()) {
                sums.computeIfAbsent(slice.stage(), s -> new EnumMap<>(Use.class))
                        .merge(slice.use(), slice.nanos(), Math::addExact);
            }
        }
        List<Slice> slices = new ArrayList<>();
        sums.forEach((stage, uses) -> uses.forEach((use, nanos) -> slices.add(new Slice(stage, use, nanos))));
        return slices;
    }

    /** Time of a stage in all attempts: training, evaluation, checkpoints, and what was lost. */
    public long nanosOf(String stage) {
        return Slice.nanosOf(stage, slices());
    }

    public Map<Use, Long> nanosByUse() {
        Map<Use, Long> nanos = new EnumMap<>(Use.class);
        slices().forEach(slice -> nanos.merge(slice.use(), slice.nanos(), Math::addExact));
        return nanos;
    }

    public RunFacts facts() {
        return attempts.stream().map(AttemptRecord::facts).reduce(RunFacts.NONE, RunFacts::plus);
    }
}
