package genka.units;

import java.math.BigDecimal;

/** A number of tokens. Reads "14.8T", "300B", "1.3M", "2K" and plain numbers; factors of 1000. */
public record Tokens(long count) implements Comparable<Tokens> {
    private static final String PREFIXES = "KMBT";

    public Tokens {
        if (count < 0) {
            throw GenkaException.user("tokens (" + count + ") must not be negative");
        }
    }

    public static Tokens parse(String text) {
        Quantity quantity = Quantity.parse("tokens", text, "14.8T or 2K");
        int prefix = quantity.unit().length() > 1
                ? -2
                : quantity.unit().isEmpty()
                        ? -1
                        : PREFIXES.indexOf(Character.toUpperCase(quantity.unit().charAt(0)));
        if (prefix < -1 || (prefix == -1 && !quantity.unit().isEmpty())) {
            throw GenkaException.user(
                    "tokens (" + text + ") has the unknown unit " + quantity.unit() + ". Maybe K, M, B or T");
        }
        try {
            return new Tokens(quantity.number()
                    .multiply(BigDecimal.TEN.pow(3 * (prefix + 1)))
                    .toBigIntegerExact()
                    .longValueExact());
        } catch (ArithmeticException e) {
            throw new GenkaException(
                    Fault.USER, "tokens (" + text + ") must be a whole number below 9.2e18. Maybe like 14.8T", e);
        }
    }

    @Override
    public int compareTo(Tokens other) {
        return Long.compare(count, other.count);
    }

    /** Three digits: 14.8T, 2K, 999. */
    @Override
    public String toString() {
        return Quantity.succinct(count, PREFIXES, "").replace(" ", "");
    }
}
