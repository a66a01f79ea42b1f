package genka.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * The values of one JSON object, checked one by one. A value that is wrong becomes a problem, and the answer is {@link #NONE}
 * (or NaN), so that all problems of a file are found in one reading.
 */
final class ConfigValues {
    /** Stands for a whole number that was reported as wrong. */
    static final int NONE = Integer.MIN_VALUE;

    /** No dimension of a model comes near: what is larger is a mistake, and products of two stay far from overflow. */
    static final int LARGEST = 1 << 24;

    private final JsonNode node;
    private final String source;
    private final String prefix;
    private final List<String> problems;

    ConfigValues(JsonNode node, String source, String prefix, List<String> problems) {
        this.node = node;
        this.source = source;
        this.prefix = prefix;
        this.problems = problems;
    }

    /** The object under {@code key}, or empty when it is absent or null. */
    Optional<ConfigValues> object(String key) {
        if (!has(key)) {
            return Optional.empty();
        }
        if (!node.path(key).isObject()) {
            problem(key, "must be an object.");
            return Optional.empty();
        }
        return Optional.of(new ConfigValues(node.path(key), source, prefix + key + ".", problems));
    }

    /** Whether the key is there and not null. */
    boolean has(String key) {
        JsonNode value = node.path(key);
        return !value.isMissingNode() && !value.isNull();
    }

    /** Whether the key is there, be it null. */
    boolean mentions(String key) {
        return node.has(key);
    }

    int positive(String key) {
        if (!has(key)) {
            missing(key, "");
            return NONE;
        }
        return positive(key, NONE);
    }

    int positive(String key, int fallback) {
        return has(key) ? whole(key, 1, LARGEST) : fallback;
    }

    int notNegative(String key, int fallback) {
        return has(key) ? whole(key, 0, LARGEST) : fallback;
    }

    /** A whole number from..to (both included); the key is there. */
    int whole(String key, int from, int to) {
        return whole(node.path(key), key, from, to);
    }

    int whole(JsonNode value, String key, int from, int to) {
        if (!value.isNumber()) {
            problem(key, "must be a whole number" + (value.isString() ? ", not text." : "."));
            return NONE;
        }
        double d = value.doubleValue();
        if (d != Math.rint(d)) {
            problem(key, "must be a whole number. Maybe you meant " + Math.round(d) + "?");
            return NONE;
        }
        if (d < from || d > to) {
            String limit = from == 1 && d < 1 ? "must be positive." : "must lie between " + from + " and " + to + ".";
            problem(key, limit + (d < 0 && -d >= from && -d <= to ? " Maybe you meant " + (long) -d + "?" : ""));
            return NONE;
        }
        return (int) d;
    }

    double positiveNumber(String key, double fallback) {
        double value = number(key, fallback);
        if (value <= 0) {
            problem(key, "must be above 0.");
            return Double.NaN;
        }
        return value;
    }

    double number(String key, double fallback) {
        if (!has(key)) {
            return fallback;
        }
        JsonNode value = node.path(key);
        if (!value.isNumber()) {
            problem(
                    key,
                    "must be a number"
                            + (value.isString()
                                    ? ", not text. Maybe leave out the quotes (YAML: write 1.0e-6)."
                                    : "."));
            return Double.NaN;
        }
        if (!Double.isFinite(value.doubleValue())) {
            problem(key, "must be a finite number.");
            return Double.NaN;
        }
        return value.doubleValue();
    }

    boolean truth(String key, boolean fallback) {
        if (!has(key)) {
            return fallback;
        }
        if (!node.path(key).isBoolean()) {
            problem(key, "must be true or false.");
            return fallback;
        }
        return node.path(key).booleanValue();
    }

    /** Text under the key, or the fallback; a value of another kind is a problem. */
    String text(String key, String fallback) {
        if (!has(key)) {
            return fallback;
        }
        if (!node.path(key).isString()) {
            problem(key, "must be text.");
            return fallback;
        }
        return node.path(key).stringValue();
    }

    /** Token id(s) below {@code vocab}: none for null or -1, a number, or a list. */
    List<Integer> ids(String key, int vocab) {
        JsonNode value = node.path(key);
        if (!has(key) || (value.isNumber() && value.doubleValue() == -1)) {
            return List.of();
        }
        List<Integer> ids = new ArrayList<>();
        for (JsonNode id : value.isArray() ? value : List.of(value)) {
            int whole = whole(id, key, 0, vocab > 0 ? vocab - 1 : LARGEST);
            if (whole != NONE) {
                ids.add(whole);
            }
        }
        return ids;
    }

    JsonNode raw(String key) {
        return node.path(key);
    }

    void missing(String key, String advice) {
        problems.add(source + ": " + prefix + key + " is missing." + advice);
    }

    /** Adds "source: key (value) rule". */
    void problem(String key, String rule) {
        problems.add(source + ": " + prefix + key + " (" + shown(node.path(key)) + ") " + rule);
    }

    private static String shown(JsonNode value) {
        String text = value.isString() ? '"' + value.stringValue() + '"' : value.toString();
        return text.length() <= 60 ? text : text.substring(0, 57) + "...";
    }
}
