package genka.units;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Collection;
import java.util.Currency;

/**
 * An exact amount of one currency. Sums and products are exact; nothing rounds without a {@link RoundingMode} in the
 * call. Two amounts are equal when their value is, whatever the trailing zeros. Adding two currencies is a bug and an
 * {@link IllegalArgumentException}.
 */
public record Money(BigDecimal amount, Currency currency) implements Comparable<Money> {
    public static final Currency USD = Currency.getInstance("USD");

    public Money {
        amount = amount.signum() == 0 ? BigDecimal.ZERO : amount.stripTrailingZeros();
    }

    public static Money usd(BigDecimal amount) {
        return new Money(amount, USD);
    }

    /** Dollars from decimal text, such as "0.02". */
    public static Money usd(String amount) {
        return usd(new BigDecimal(amount));
    }

    public static Money zero(Currency currency) {
        return new Money(BigDecimal.ZERO, currency);
    }

    /** The exact sum; zero of {@code currency} for none. */
    public static Money sum(Currency currency, Collection<Money> parts) {
        Money total = zero(currency);
        for (Money part : parts) {
            total = total.plus(part);
        }
        return total;
    }

    public Money plus(Money other) {
        return new Money(amount.add(sameCurrency(other).amount), currency);
    }

    public Money minus(Money other) {
        return new Money(amount.subtract(sameCurrency(other).amount), currency);
    }

    public Money negated() {
        return new Money(amount.negate(), currency);
    }

    /** The exact product. */
    public Money times(BigDecimal factor) {
        return new Money(amount.multiply(factor), currency);
    }

    /** The quotient at {@code scale} digits after the point, rounded as told. */
    public Money dividedBy(BigDecimal divisor, int scale, RoundingMode rounding) {
        return new Money(amount.divide(divisor, scale, rounding), currency);
    }

    /** At {@code scale} digits after the point, rounded as told. */
    public Money rounded(int scale, RoundingMode rounding) {
        return new Money(amount.setScale(scale, rounding), currency);
    }

    /** In the currency's smallest coin, rounded as told. */
    public Money toCents(RoundingMode rounding) {
        return rounded(currency.getDefaultFractionDigits(), rounding);
    }

    public boolean isZero() {
        return amount.signum() == 0;
    }

    @Override
    public int compareTo(Money other) {
        return amount.compareTo(sameCurrency(other).amount);
    }

    /** The exact amount with at least the currency's digits: "5576000.00 USD". */
    @Override
    public String toString() {
        return plain() + " " + currency.getCurrencyCode();
    }

    /** The exact amount with at least the currency's digits and no unit: "0.00125". */
    public String plain() {
        int digits = Math.max(currency.getDefaultFractionDigits(), amount.scale());
        return amount.setScale(digits, RoundingMode.UNNECESSARY).toPlainString();
    }

    private Money sameCurrency(Money other) {
        if (!currency.equals(other.currency)) {
            throw new IllegalArgumentException("cannot combine " + this + " with " + other);
        }
        return other;
    }
}
