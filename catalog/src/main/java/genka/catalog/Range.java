package genka.catalog;

import java.math.BigDecimal;
import java.util.Optional;
import java.util.regex.Pattern;

/** The limits of a number. */
record Range(double least, double most, boolean leastIncluded) {
    static final Range POSITIVE = new Range(1, Long.MAX_VALUE, true);
    static final Range POSITIVE_INT = new Range(1, Integer.MAX_VALUE, true);
    static final Range NOT_NEGATIVE = new Range(0, Double.MAX_VALUE, true);
    static final Range COUNT = new Range(0, Long.MAX_VALUE, true);
    static final Range ABOVE_ZERO = new Range(0, Double.MAX_VALUE, false);
    static final Range SHARE = new Range(0, 1, true);
    /** What a generator samples at. */
    static final Range TEMPERATURE = between(1e-6, 1000);

    static final Range BELOW_ONE = new Range(0, Math.nextDown(1.0), true);

    /** With one point at most, anywhere. */
    private static final Pattern NUMBER =
            Pattern.compile("[-+]?([0-9]([0-9_]*[0-9])?(\\.[0-9]*)?|\\.[0-9]+)([eE][-+]?[0-9]{1,3})?");

    static Range between(double least, double most) {
        return new Range(least, most, true);
    }

    /** A value that keeps the limits, for reading on after a problem. */
    double harmless() {
        return leastIncluded ? least : Math.min(1, most);
    }

    /** What the value must be when it is not, with advice where there is any. */
    Optional<String> broken(double value) {
        boolean above = leastIncluded ? value >= least : value > least;
        if (above && value <= most && Double.isFinite(value)) {
            return Optional.empty();
        }
        if (above && most >= 1e18) {
            return Optional.of("must be at most " + plain(most));
        }
        double negated = -value;
        boolean slip = value < 0 && (leastIncluded ? negated >= least : negated > least) && negated <= most;
        return Optional.of("must be " + rule() + (slip ? ". Maybe you meant " + plain(negated) + "?" : ""));
    }

    private String rule() {
        boolean open = most >= 1e18;
        if (open && least == 0) {
            return leastIncluded ? "0 or more" : "above 0";
        }
        if (least == 1 && (open || most == Integer.MAX_VALUE)) {
            return open ? "positive" : "between 1 and " + Integer.MAX_VALUE;
        }
        if (equals(BELOW_ONE)) {
            return "0 or more and below 1";
        }
        return leastIncluded
                ? "between " + plain(least) + " and " + plain(most)
                : "above " + plain(least) + " and at most " + plain(most);
    }

    static String plain(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value);
    }

    /** The number that text writes, such as 4e-3 or 10_000. */
    static Optional<Double> number(String text) {
        if (text.length() > 40 || !NUMBER.matcher(text).matches()) {
            return Optional.empty();
        }
        return Optional.of(Double.parseDouble(text.replace("_", "")));
    }

    /** The exact whole number that text writes, which {@link #number} found to be whole. */
    static long exact(String text) {
        return new BigDecimal(text.replace("_", "")).longValue();
    }
}
