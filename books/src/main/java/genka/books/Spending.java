package genka.books;

import genka.catalog.RateCard;
import genka.catalog.RateCards;

/**
 * What a run has cost while it goes on: machine time of all its attempts at a rate card, earlier experiments and people aside. It is for
 * a limit that is looked at after every step; the bill is exact.
 */
public final class Spending {
    private final String card;
    private final long earlierNanos;
    private final double usdPerNano;

    private Spending(RateCard card, long earlierNanos) {
        this.card = card.name();
        this.earlierNanos = earlierNanos;
        this.usdPerNano =
                Price.hardwareUsdPerHour(card).add(Price.powerUsdPerHour(card)).doubleValue()
                        / Price.NANOS_PER_HOUR.doubleValue();
    }

    /**
     * Spending of a run's next attempt.
     *
     * @param earlierNanos of its attempts so far ({@link RunSummary#wallNanos})
     * @param card name of a rate card under facts/rates
     */
    public static Spending of(long earlierNanos, String card) {
        return new Spending(RateCards.named(card), earlierNanos);
    }

    /** Of all attempts, when this one is {@code elapsedNanos} old. */
    public double usd(long elapsedNanos) {
        return (earlierNanos + elapsedNanos) * usdPerNano;
    }

    public double hours(long elapsedNanos) {
        return (earlierNanos + elapsedNanos) / Price.NANOS_PER_HOUR.doubleValue();
    }

    /** Name of the rate card. */
    public String card() {
        return card;
    }
}
