package genka.plan;

import genka.units.GenkaException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Keys of a config.json, read strictly: one that is missing or null has a default, one that is there and cannot be meant is an error,
 * because a plan for another model than the file's helps nobody.
 *
 * @param file its name, as messages have it
 */
record ConfigKeys(String file, Values values) {
    boolean has(String key) {
        return values.has(key);
    }

    boolean list(String key) {
        return values.entries().get(key) instanceof List;
    }

    Optional<String> text(String key) {
        if (values.has(key) && !(values.entries().get(key) instanceof String)) {
            throw wrong(key, "text", "");
        }
        return values.text(key);
    }

    Optional<Boolean> truth(String key) {
        Object value = values.entries().get(key);
        if (value instanceof String text && text.toLowerCase(Locale.ROOT).matches("true|false")) {
            return Optional.of(Boolean.valueOf(text));
        }
        if (value != null && !(value instanceof Boolean)) {
            throw wrong(key, "true or false", "");
        }
        return values.truth(key);
    }

    /** The first of the keys that is there; their names in different architectures. */
    Optional<Integer> whole(int least, int most, String... keys) {
        return Arrays.stream(keys).filter(values::has).findFirst().map(key -> whole(key, least, most));
    }

    int whole(int fallback, int least, int most, String... keys) {
        return whole(least, most, keys).orElse(fallback);
    }

    private int whole(String key, int least, int most) {
        double value = values.number(key).orElse(Double.NaN);
        if (value == Math.rint(value) && value >= least && value <= most) {
            return (int) value;
        }
        double near = Math.rint(Math.abs(value));
        throw wrong(
                key,
                String.format(Locale.ROOT, "a whole number from %,d to %,d", least, most),
                near >= least && near <= most ? String.valueOf((long) near) : "");
    }

    /** A list with an entry for each layer; empty when there is none. */
    List<String> eachLayer(String key, int layers, List<String> known) {
        if (!values.has(key)) {
            return List.of();
        }
        List<String> list = values.texts(key);
        if (list.size() != layers || !list(key)) {
            throw wrong(key, "a list of " + layers + " entries, one for each layer", "");
        }
        for (String entry : list) {
            if (!known.contains(entry)) {
                throw GenkaException.user(file + ": " + key + " has an entry (" + entry + ") that is none of "
                        + String.join(", ", known) + ". Maybe plan by a shape of your own with layers that are?");
            }
        }
        return list;
    }

    /** Numbers of layers; empty when there is no list. */
    List<Integer> layers(String key, int layers) {
        if (!values.has(key)) {
            return List.of();
        }
        if (!list(key)) {
            throw wrong(key, "a list of layers", "");
        }
        List<Integer> numbers = new ArrayList<>();
        for (String entry : values.texts(key)) {
            if (!entry.matches("\\d{1,9}") || Integer.parseInt(entry) >= layers) {
                throw GenkaException.user(file + ": " + key + " has an entry (" + entry
                        + ") that is no layer; they are 0 to " + (layers - 1) + ". Maybe leave it out?");
            }
            numbers.add(Integer.parseInt(entry));
        }
        return numbers;
    }

    private GenkaException wrong(String key, String wanted, String near) {
        return GenkaException.user(file + ": " + key + " (" + said(key) + ") must be " + wanted
                + (near.isEmpty() ? ". Maybe look it up in the model's own config.json?" : ". Maybe " + near + "?"));
    }

    private String said(String key) {
        String text = String.valueOf(values.entries().get(key));
        return text.length() <= 60 ? text : text.substring(0, 60) + "...";
    }
}
