package genka.books;

import genka.catalog.Fact;
import genka.catalog.Facts;
import genka.catalog.RateCard;
import genka.catalog.RateCards;
import genka.units.GenkaException;
import java.math.BigDecimal;
import java.util.Optional;

/**
 * On what terms a run is billed.
 *
 * @param card what the machines cost
 * @param headlineRent the price of the headline: {@code card} itself where that is a rent
 * @param machines how many machines of the card the run occupied all the time
 * @param people who worked on it, nobody by default
 * @param wattsPerBusyCore for the estimate where energy was not measured and the card does not tell the watts
 */
public record BillTerms(
        RateCard card, RateCard.Rent headlineRent, int machines, People people, Optional<Fact> wattsPerBusyCore) {

    /** Hours of people and what an hour of theirs costs, both as the user says. */
    public record People(BigDecimal hours, BigDecimal usdPerHour) {
        private static final BigDecimal MOST = new BigDecimal("1000000000");
        private static final int MOST_DECIMALS = 18;
        public static final People NONE = new People(BigDecimal.ZERO, BigDecimal.ZERO);

        public People {
            if (hours.signum() < 0 || usdPerHour.signum() < 0) {
                throw GenkaException.user(
                        "people hours (%s) and USD per hour (%s) must not be negative. Maybe leave them out?"
                                .formatted(hours, usdPerHour));
            }
            if (isBeyond(hours) || isBeyond(usdPerHour)) {
                throw GenkaException.user(
                        "people hours (%s) and USD per hour (%s) must be at most %s, with %d decimals at most. Maybe an exponent is mistyped?"
                                .formatted(hours, usdPerHour, MOST.toPlainString(), MOST_DECIMALS));
            }
        }

        /** Exact sums of such numbers would fill the memory with zeros. */
        private static boolean isBeyond(BigDecimal number) {
            return number.compareTo(MOST) > 0 || number.scale() > MOST_DECIMALS;
        }
    }

    public BillTerms {
        if (machines < 1) {
            throw GenkaException.user("machines (" + machines + ") must be positive. Maybe 1?");
        }
        if (card instanceof RateCard.Rent && !card.equals(headlineRent)) {
            throw new IllegalArgumentException("a rented run has one rent");
        }
    }

    /**
     * The terms of a rate card under facts/rates or in a file, with what else the facts know. The headline of an owned machine is told in
     * the rent of its kind: {@code own-h800} in that of {@code rent-h800}, and in {@code rent} where there is none of its kind.
     */
    public static BillTerms named(String cardName) {
        BillTerms terms = switch (RateCards.named(cardName)) {
            case RateCard.Rent rent -> rented(rent);
            case RateCard.Own own -> owned(own, rentLike(own.name()));
        };
        return terms.wattsPerBusyCore(Facts.named("power.yaml").fact("watts_per_busy_core"));
    }

    private static RateCard.Rent rentLike(String own) {
        String ofItsKind = own.replaceFirst("^own", "rent");
        String name = RateCards.names().contains(ofItsKind) ? ofItsKind : "rent";
        return switch (RateCards.named(name)) {
            case RateCard.Rent rent -> rent;
            case RateCard.Own card ->
                throw GenkaException.user("rate card " + card.name()
                        + " must have basis rent: the headline is told in rent. Maybe restore facts/rates?");
        };
    }

    public static BillTerms rented(RateCard.Rent card) {
        return new BillTerms(card, card, 1, People.NONE, Optional.empty());
    }

    /**
     * @param rent what the same machine would rent for: the headline is told in rent also where the machine is owned
     */
    public static BillTerms owned(RateCard.Own card, RateCard.Rent rent) {
        return new BillTerms(card, rent, 1, People.NONE, Optional.empty());
    }

    public BillTerms with(People who) {
        return new BillTerms(card, headlineRent, machines, who, wattsPerBusyCore);
    }

    public BillTerms machines(int count) {
        return new BillTerms(card, headlineRent, count, people, wattsPerBusyCore);
    }

    public BillTerms wattsPerBusyCore(Fact watts) {
        return new BillTerms(card, headlineRent, machines, people, Optional.of(watts));
    }
}
