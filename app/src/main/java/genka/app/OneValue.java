package genka.app;

import genka.units.GenkaException;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Refuses changes of a recipe that give one key two values: whichever was taken, it would not be what somebody typed. */
final class OneValue {
    private OneValue() {}

    /**
     * Returns the changes as they are.
     *
     * @param changes each {@code key=value}; what is written otherwise is told by whoever reads them
     */
    static List<String> each(List<String> changes) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String change : changes) {
            int equals = change.indexOf('=');
            if (equals > 0) {
                String key = change.substring(0, equals).strip();
                String value = change.substring(equals + 1).strip();
                String other = values.putIfAbsent(written(key), value);
                if (other != null && !same(other, value)) {
                    throw GenkaException.user(key + " is given two values, " + other + " and " + value
                            + ". Maybe leave one of them out?");
                }
            }
        }
        return changes;
    }

    /** One key has several spellings. */
    private static String written(String key) {
        return key.replaceAll("\\[([0-9]+)]", ".$1").replaceAll("(^|\\.)lr$", "$1learning_rate");
    }

    /** The same text, or the same number. */
    static boolean same(String one, String other) {
        return one.equals(other)
                || (isNumber(one) && isNumber(other) && number(one).compareTo(number(other)) == 0);
    }

    private static boolean isNumber(String text) {
        return text.matches("[+-]?[0-9]{1,30}(\\.[0-9]{1,30})?([eE][+-]?[0-9]{1,3})?");
    }

    private static BigDecimal number(String text) {
        return new BigDecimal(text);
    }
}
