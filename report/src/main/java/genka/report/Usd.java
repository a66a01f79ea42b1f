package genka.report;

import genka.units.Money;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** Dollars as a page shows them. */
final class Usd {
    private static final BigDecimal CENT = new BigDecimal("0.01");
    private static final MathContext TWO_DIGITS = new MathContext(2, RoundingMode.HALF_UP);

    private Usd() {}

    /** For a sentence: to the cent, and below one to two digits. */
    static String rounded(Money money) {
        BigDecimal amount = money.amount();
        if (amount.signum() == 0 || amount.abs().compareTo(CENT) >= 0) {
            return sign(amount) + "$" + String.format(java.util.Locale.ROOT, "%,.2f", amount.abs());
        }
        return sign(amount) + "$" + amount.abs().round(TWO_DIGITS).toPlainString();
    }

    /** For a table that must add up: every digit the bill has. */
    static String exact(Money money) {
        return sign(money.amount()) + "$" + money.amount().abs().toPlainString();
    }

    private static String sign(BigDecimal amount) {
        return amount.signum() < 0 ? "\u2212" : "";
    }
}
