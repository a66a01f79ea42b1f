package genka.plan;

import genka.catalog.Accelerator;
import genka.catalog.Fact;
import genka.catalog.RateCard;
import genka.units.GenkaException;

/**
 * What an accelerator costs an hour.
 *
 * @param low where offers differ, the lowest, and {@code high} the highest
 * @param source where the price was read
 * @param tier how sure it is
 */
public record HourlyPrice(double usd, double low, double high, String source, Tier tier) {
    private static final double HOURS_A_YEAR = 8766;
    private static final double KILO = 1000;

    /** The rent to reckon with among an accelerator's, with its range. */
    public static HourlyPrice rent(Accelerator accelerator) {
        if (accelerator.rents().isEmpty()) {
            throw GenkaException.user("accelerator " + accelerator.id()
                    + " has no rent_usd_per_hour in facts/accelerators.yaml. Maybe name a rate card with --rates");
        }
        Fact rent = accelerator.rents().getLast();
        return new HourlyPrice(
                rent.doubleValue(),
                rent.range().map(range -> range.low().doubleValue()).orElse(rent.doubleValue()),
                rent.range().map(range -> range.high().doubleValue()).orElse(rent.doubleValue()),
                rent.source(),
                PlanInput.tier(rent));
    }

    /** A rate card's price: rent, or price over life plus power while it works. */
    public static HourlyPrice of(RateCard card) {
        double usd = switch (card) {
            case RateCard.Rent rent -> rent.usdPerMachineHour().doubleValue();
            case RateCard.Own own ->
                own.purchaseUsd().doubleValue() / (own.lifeYears().doubleValue() * HOURS_A_YEAR)
                        + own.watts().doubleValue()
                                / KILO
                                * own.usdPerKwh().doubleValue()
                                * own.pue().doubleValue();
        };
        return new HourlyPrice(usd, usd, usd, "rate card " + card.name(), Tier.GIVEN);
    }
}
