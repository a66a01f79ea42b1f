package genka.plan;

import genka.units.GenkaException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Values of one section or row by key, read leniently: a key that is missing, null or of another kind is absent. */
record Values(Map<?, ?> entries) {
    static Values of(@Nullable Object node) {
        return new Values(node instanceof Map<?, ?> map ? map : Map.of());
    }

    /** A list's sections; none when the key has no list. */
    List<Values> list(String key) {
        return entries.get(key) instanceof List<?> list
                ? list.stream().map(Values::of).toList()
                : List.of();
    }

    List<String> texts(String key) {
        return entries.get(key) instanceof List<?> list
                ? list.stream().map(String::valueOf).toList()
                : List.of();
    }

    Values section(String key) {
        return of(entries.get(key));
    }

    boolean has(String key) {
        return entries.get(key) != null;
    }

    Optional<String> text(String key) {
        Object value = entries.get(key);
        return value == null || value instanceof Map || value instanceof List
                ? Optional.empty()
                : Optional.of(value.toString());
    }

    Optional<Double> number(String key) {
        Object value = entries.get(key);
        if (value instanceof Number number) {
            return Optional.of(number.doubleValue());
        }
        if (value instanceof String text) {
            try {
                double number = Double.parseDouble(text.strip());
                return Double.isFinite(number) ? Optional.of(number) : Optional.empty();
            } catch (NumberFormatException e) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    /** The first of the keys that has a number. */
    Optional<Double> number(String key, String... others) {
        Optional<Double> found = number(key);
        for (String other : others) {
            found = found.isPresent() ? found : number(other);
        }
        return found;
    }

    Optional<Integer> whole(String key, String... others) {
        return number(key, others)
                .filter(value -> value == Math.rint(value) && Math.abs(value) < Integer.MAX_VALUE)
                .map(Double::intValue);
    }

    /** A positive whole number; one that is there and is none is an error. */
    Optional<Integer> count(String key) {
        Optional<Integer> count = whole(key).filter(value -> value > 0);
        if (has(key) && count.isEmpty()) {
            throw GenkaException.user(key + " (" + entries.get(key) + ") is not a positive whole number");
        }
        return count;
    }

    /** A positive number; something else that is there is an error. */
    Optional<Double> positive(String key) {
        Optional<Double> number = number(key).filter(value -> value > 0);
        if (has(key) && number.isEmpty()) {
            throw GenkaException.user(key + " (" + entries.get(key) + ") is not a positive number");
        }
        return number;
    }

    /** A count where nothing else will do. */
    int need(String key) {
        return count(key).orElseThrow(() -> GenkaException.user(key + " is missing"));
    }

    Optional<Boolean> truth(String key) {
        return entries.get(key) instanceof Boolean value ? Optional.of(value) : Optional.empty();
    }
}
