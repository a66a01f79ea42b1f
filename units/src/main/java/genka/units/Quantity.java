package genka.units;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A number and the letters behind it. */
record Quantity(BigDecimal number, String unit) {
    /** Commas part thousands only: 1,5 GB may be meant as 1.5 GB and is refused. */
    private static final Pattern SHAPE = Pattern.compile(
            "\\s*(-?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9][0-9_]*)(?:\\.[0-9]+)?(?:[eE][-+]?[0-9]{1,3})?)\\s*"
                    + "([A-Za-z]*)\\s*");

    static Quantity parse(String what, String text, String example) {
        Matcher matcher = SHAPE.matcher(text);
        if (text.length() > 100 || !matcher.matches()) {
            throw GenkaException.user(
                    what + " (" + shortened(text) + ") must be a number with a unit. Maybe like " + example);
        }
        String digits = matcher.group(1).replace("_", "").replace(",", "");
        return new Quantity(new BigDecimal(digits), matcher.group(2));
    }

    /** Three significant digits with the largest prefix of {@code prefixes} (each a factor of 1000) that fits. */
    static String succinct(double value, String prefixes, String unit) {
        double rest = value;
        int index = -1;
        while (Math.abs(rest) >= 999.5 && index < prefixes.length() - 1) {
            rest /= 1000;
            index++;
        }
        String prefix = index < 0 ? "" : prefixes.substring(index, index + 1);
        return threeDigits(rest) + (prefix.isEmpty() && unit.isEmpty() ? "" : " ") + prefix + unit;
    }

    /** Three significant digits without an exponent and without trailing zeros. */
    static String threeDigits(double value) {
        if (!Double.isFinite(value)) {
            return String.format(Locale.ROOT, "%s", value);
        }
        BigDecimal rounded = new BigDecimal(value).round(new MathContext(3));
        if (rounded.signum() == 0) {
            return "0";
        }
        return rounded.stripTrailingZeros().toPlainString();
    }

    private static String shortened(String text) {
        return text.length() <= 40 ? text : text.substring(0, 40) + "…";
    }
}
