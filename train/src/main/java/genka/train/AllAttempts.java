package genka.train;

import genka.books.RunSummary;
import genka.books.UseClock.Reading;
import genka.books.UseClock.Slice;

/**
 * The time of all attempts of a run, the last of which ends now: to the nanosecond what the ledger says afterwards.
 *
 * @param earlier the run before its last attempt
 * @param last the last attempt's time
 */
record AllAttempts(RunSummary earlier, Reading last) {
    double seconds() {
        return Math.addExact(earlier.wallNanos(), last.elapsedNanos()) * 1e-9;
    }

    /** Of a stage, with all its uses. */
    double seconds(String stage) {
        return Math.addExact(earlier.nanosOf(stage), Slice.nanosOf(stage, last.slices())) * 1e-9;
    }
}
