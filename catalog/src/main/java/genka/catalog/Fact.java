package genka.catalog;

import genka.units.GenkaException;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.Optional;

/**
 * A number about the world and where it comes from.
 *
 * @param key what it is, with its unit: usd_per_kwh
 * @param source page, paper with section, or for an estimate the reasoning
 * @param date when the source said so, ISO year-month-day or year-month
 * @param range where sources disagree, what they lie between
 */
public record Fact(String key, BigDecimal value, String source, String date, Evidence evidence, Optional<Range> range) {
    /** The least and the most that sources say. */
    public record Range(BigDecimal low, BigDecimal high) {}

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
        if (range.isPresent()
                && (range.get().low().compareTo(value) > 0 || range.get().high().compareTo(value) < 0)) {
            throw GenkaException.user(key + " (" + value + ") must lie between its low ("
                    + range.get().low() + ") and its high (" + range.get().high() + ")");
        }
    }

    /** A fact that its sources agree on. */
    public Fact(String key, BigDecimal value, String source, String date, Evidence evidence) {
        this(key, value, source, date, evidence, Optional.empty());
    }

    public double doubleValue() {
        return value.doubleValue();
    }

    public boolean isEstimate() {
        return evidence == Evidence.ESTIMATE;
    }
}
