package genka.train;

import genka.catalog.Nearest;
import genka.units.GenkaException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A task's options, read one by one; {@link #done} then refuses what nobody asked for. */
public final class TaskOptions {
    private final String task;
    private final Map<String, Object> left;
    private final List<String> known = new ArrayList<>();

    private TaskOptions(String task, Map<String, Object> options) {
        this.task = task;
        this.left = new HashMap<>(options);
    }

    public static TaskOptions of(String task, Map<String, Object> options) {
        return new TaskOptions(task, options);
    }

    /** A whole number from..to. */
    public int integer(String name, int byDefault, int from, int to) {
        known.add(name);
        Object value = left.remove(name);
        if (value == null) {
            return byDefault;
        }
        if (!(value instanceof Number number) || number.doubleValue() != Math.rint(number.doubleValue())) {
            throw refuse(name, value, "must be a whole number", byDefault);
        }
        if (number.doubleValue() < from || number.doubleValue() > to) {
            throw refuse(name, value, "must be " + from + " to " + to, byDefault);
        }
        return number.intValue();
    }

    /** A share, 0 to 1. */
    public double share(String name, double byDefault) {
        known.add(name);
        Object value = left.remove(name);
        if (value == null) {
            return byDefault;
        }
        if (!(value instanceof Number number) || !(number.doubleValue() >= 0 && number.doubleValue() <= 1)) {
            throw refuse(name, value, "must be a share from 0 to 1", byDefault);
        }
        return number.doubleValue();
    }

    /** One of the given words. */
    public String choice(String name, String byDefault, List<String> choices) {
        known.add(name);
        Object value = left.remove(name);
        if (value == null) {
            return byDefault;
        }
        if (!choices.contains(value.toString())) {
            throw refuse(name, value, "must be one of " + String.join(", ", choices), byDefault);
        }
        return value.toString();
    }

    /** Refuses options that were not asked for, with the nearest known one. */
    public void done() {
        if (left.isEmpty()) {
            return;
        }
        String unknown = left.keySet().stream().sorted().findFirst().orElseThrow();
        throw GenkaException.user("data." + unknown + " is not an option of task " + task + ", which "
                + (known.isEmpty()
                        ? "has none."
                        : "knows " + String.join(", ", known) + "." + Nearest.advice(unknown, known)));
    }

    private GenkaException refuse(String name, Object value, String rule, Object byDefault) {
        return GenkaException.user(
                "data." + name + " (" + value + ") of task " + task + " " + rule + ". Maybe " + byDefault + "?");
    }
}
