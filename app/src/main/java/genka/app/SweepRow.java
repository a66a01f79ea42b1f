package genka.app;

import genka.books.Bill;
import genka.books.BillTerms;
import genka.books.Ledger;
import genka.books.RunState;
import genka.books.RunSummary;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What came of one run of a sweep.
 *
 * @param values what was swept over
 * @param greedyAccuracy null for text
 * @param bitsPerByte null for tasks
 * @param wallS of all its attempts
 * @param usd its full cost at the rates of rent, without earlier experiments
 */
record SweepRow(
        Map<String, String> values,
        String run,
        String state,
        @Nullable Double greedyAccuracy,
        @Nullable Double meanResponseTokens,
        @Nullable Double bitsPerByte,
        double wallS,
        BigDecimal usd) {
    private static final double NANOS_PER_SECOND = 1e9;

    static SweepRow of(SweepPoints.Point point, RunSummary run, Path folder) {
        JsonNode after = Json.read(folder.resolve("result.json")).path("after");
        return new SweepRow(
                point.values(),
                run.id(),
                run.state().name().toLowerCase(Locale.ROOT),
                figure(after, "greedy_accuracy"),
                figure(after, "mean_response_tokens"),
                figure(after, "bits_per_byte"),
                run.wallNanos() / NANOS_PER_SECOND,
                Bill.of(run, List.of(), BillTerms.named(Bills.RENT)).full().amount());
    }

    private static @Nullable Double figure(JsonNode after, String name) {
        return after.path(name).isNumber() ? after.path(name).asDouble() : null;
    }

    /** Higher is better; NaN while there is nothing to compare. */
    private double merit() {
        return greedyAccuracy != null ? greedyAccuracy : bitsPerByte != null ? -bitsPerByte : Double.NaN;
    }

    /** The finished row with the highest accuracy, or the fewest bits per byte; the first of equals. */
    static Optional<SweepRow> best(List<SweepRow> rows) {
        SweepRow best = null;
        for (SweepRow row : rows) {
            if (row.merit() > (best == null ? Double.NEGATIVE_INFINITY : best.merit())) {
                best = row;
            }
        }
        return Optional.ofNullable(best);
    }

    /** The newest run of the same resolved recipe. */
    static Optional<RunSummary> runOf(SweepPoints.Point point, Ledger ledger) {
        return ledger.runs().stream()
                .filter(run -> run.run().recipeHash().equals(point.recipe().hash()))
                .findFirst();
    }

    static boolean finished(RunSummary run) {
        return run.state() == RunState.FINISHED;
    }
}
