package genka.books;

import genka.units.Money;
import java.math.BigDecimal;

/**
 * One line of a bill. The amounts of all lines add up to the full cost, those of a part to its term of the bridge.
 *
 * @param stage of the recipe; empty before its first stage; what earlier experiments cost, power too, is of {@link #EARLIER}
 * @param use in words: a {@link Use} in lower case, or power, people
 * @param hours of machines or of people
 * @param usdPerHour the rate, unrounded
 * @param amount rounded so that the lines add up
 */
public record BillLine(BillPart part, String stage, String use, BigDecimal hours, BigDecimal usdPerHour, Money amount) {
    static final String EARLIER = "earlier experiments";

    /** Whether it is of earlier experiments and not of the run itself. */
    public boolean isOfEarlier() {
        return part == BillPart.EXPERIMENTS || (part == BillPart.POWER && stage.equals(EARLIER));
    }
}
