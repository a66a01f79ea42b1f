package genka.plan;

import genka.catalog.Fact;

/**
 * Something a plan hangs on.
 *
 * @param name what it is
 * @param value with its unit
 * @param source where it comes from
 */
public record PlanInput(String name, String value, Tier tier, String source) {
    /** A fact that only an estimate stands behind is assumed. */
    static PlanInput of(String name, String value, Fact fact) {
        return new PlanInput(name, value, tier(fact), fact.source());
    }

    static Tier tier(Fact fact) {
        return fact.isEstimate() ? Tier.ASSUMED : Tier.MEASURED;
    }
}
