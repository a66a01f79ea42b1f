package genka.books;

import genka.catalog.RateCard;
import genka.catalog.RateCard.Own;
import genka.catalog.RateCard.Rent;
import java.math.BigDecimal;
import java.math.MathContext;

/** What an hour of a machine costs, from a rate card: to eighteen digits, and exact from there on. */
final class Price {
    static final BigDecimal NANOS_PER_HOUR = new BigDecimal("3600000000000");
    private static final MathContext DIGITS = new MathContext(18);
    private static final BigDecimal HOURS_PER_YEAR = new BigDecimal("8766");

    private Price() {}

    /** The hardware: its rent, or its purchase written off in a straight line over its useful life, day and night. */
    static BigDecimal hardwareUsdPerHour(RateCard card) {
        return switch (card) {
            case Rent rent -> rent.usdPerMachineHour().value();
            case Own own ->
                own.purchaseUsd().value().divide(own.lifeYears().value().multiply(HOURS_PER_YEAR), DIGITS);
        };
    }

    /** The power: inside a rent; for an owned machine, what it draws times what the building adds. */
    static BigDecimal powerUsdPerHour(RateCard card) {
        return switch (card) {
            case Rent rent -> BigDecimal.ZERO;
            case Own own ->
                own.watts()
                        .value()
                        .movePointLeft(3)
                        .multiply(own.pue().value())
                        .multiply(own.usdPerKwh().value());
        };
    }

    /** To show, not to reckon with. */
    static BigDecimal hours(BigDecimal nanos) {
        return nanos.divide(NANOS_PER_HOUR, MathContext.DECIMAL128);
    }
}
