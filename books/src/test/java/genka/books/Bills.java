package genka.books;

import genka.books.AttemptRecord.Entry;
import genka.catalog.Fact;
import genka.catalog.Fact.Evidence;
import genka.catalog.RateCard;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Runs and rate cards for tests of bills. */
final class Bills {
    static final RateCard.Rent TWO_DOLLARS =
            new RateCard.Rent("two-dollars", "one accelerator", fact("usd_per_machine_hour", "2"));

    private Bills() {}

    static Fact fact(String key, String value) {
        return new Fact(key, new BigDecimal(value), "made up for a test", "2026-11-22", Evidence.ESTIMATE);
    }

    static Entry kept(String stage, Use use, long nanos) {
        return new Entry(stage, use, nanos, nanos);
    }

    static AttemptRecord attempt(RunState state, long answers, Entry... entries) {
        return new AttemptRecord(
                1, "r", Instant.EPOCH, state, List.of(entries), new RunFacts(Map.of(), answers), EnergyUse.NONE);
    }

    static RunSummary run(AttemptRecord... attempts) {
        return new RunSummary(LedgerTest.run("r", 10), List.of(attempts));
    }
}
