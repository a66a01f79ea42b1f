package genka.app;

import genka.kernel.Spread;
import genka.units.Words;

/** What benchmarks print alike. */
final class BenchRows {
    private BenchRows() {}

    /** Adds a row to a table of (what, median, min, max). */
    static void add(Table table, String what, Spread spread, int digits) {
        table.row(
                what,
                Words.decimal(spread.median(), digits),
                Words.decimal(spread.min(), digits),
                Words.decimal(spread.max(), digits));
    }

    static String reached(double achieved, double limit, String unit) {
        return Words.decimal(achieved, 1) + " of " + Words.decimal(limit, 1) + " " + unit + " ("
                + Words.percent(achieved / limit) + ")";
    }

    static String machine(int threads, String species) {
        return threads + (threads == 1 ? " thread, " : " threads, ") + species;
    }
}
