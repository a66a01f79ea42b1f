package genka.catalog;

import genka.units.GenkaException;
import java.math.BigDecimal;
import java.util.Locale;

/**
 * A number about the world and where it comes from.
 *
 * @param key what it is, with its unit: usd_per_kwh
 * @param source page, paper with section, or for an estimate the reasoning
 * @param date when the source said so, ISO year-month-day or year-month
 */
public record Fact(String key, BigDecimal value, String source, String date, Evidence evidence) {
    /** How sure the number is. */
    public enum Evidence {
        /** Read at the source itself. */
        PRIMARY,
        /** Read on a page that quotes the source. */
        SECONDARY,
        /** Reasoned; the source says how. */
        ESTIMATE;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public Fact {
        if (source.isBlank()) {
            throw GenkaException.user(key + " (" + value + ") has no source. Maybe say where the number was read");
        }
    }

    public double doubleValue() {
        return value.doubleValue();
    }

    public boolean isEstimate() {
        return evidence == Evidence.ESTIMATE;
    }
}
