package genka.app;

import genka.books.Bill;
import genka.train.Evaluation;
import genka.train.RunResult;
import genka.train.Trouble;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What {@code run --json} prints. */
record RunView(
        String run,
        String recipe,
        String state,
        long seed,
        double wallS,
        List<Map<String, Object>> stages,
        @Nullable Figures before,
        @Nullable Figures after,
        Cost bill,
        List<Map<String, Object>> troubles,
        @Nullable String modelDir) {

    /** What does not apply is no number, and null in JSON: text has no accuracy, tasks have no bits per byte. */
    record Figures(double greedyAccuracy, double meanResponseTokens, double thinkShare, double bitsPerByte) {
        static Figures of(Evaluation e) {
            return new Figures(e.greedyAccuracy(), e.meanResponseTokens(), e.thinkShare(), e.bitsPerByte());
        }
    }

    record Cost(BigDecimal headlineUsd, BigDecimal fullUsd) {}

    static RunView of(RunResult result, Bill bill) {
        return new RunView(
                result.run(),
                result.recipe(),
                result.state().name().toLowerCase(Locale.ROOT),
                result.seed(),
                result.wallSeconds(),
                result.stages().stream().map(result::json).toList(),
                result.before().map(Figures::of).orElse(null),
                result.after().map(Figures::of).orElse(null),
                new Cost(bill.headline().amount(), bill.full().amount()),
                result.troubles().stream().map(Trouble::json).toList(),
                result.modelDir().map(dir -> dir.toString()).orElse(null));
    }
}
