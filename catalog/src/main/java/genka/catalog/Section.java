package genka.catalog;

import genka.units.GenkaException;
import genka.units.Tokens;
import java.nio.file.InvalidPathException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One section of a file while it is read. Each call asks for a key with its type, limits and default; what is wrong
 * becomes a problem and a harmless value, so that reading goes on. {@link #close} reports the keys nobody asked for. The
 * values that hold, defaults included, are in {@link #resolved}.
 */
final class Section {
    /** What may be the name of a recipe, a stage, a model or a source. */
    static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}";

    private final Problems problems;
    private final YamlNode.Mapping node;
    private final boolean silent;
    private final Set<String> asked = new LinkedHashSet<>();
    private final Map<String, @Nullable Object> resolved = new LinkedHashMap<>();

    private Section(Problems problems, YamlNode.Mapping node, boolean silent) {
        this.problems = problems;
        this.node = node;
        this.silent = silent;
    }

    static Section of(YamlNode node, Problems problems) {
        if (node instanceof YamlNode.Mapping mapping) {
            return new Section(problems, mapping, false);
        }
        String path = node.place().path();
        problems.add(
                node.place(),
                (path.isEmpty() ? "the file" : path) + " (" + node.shown()
                        + ") must be a section. Maybe write its keys below it, indented");
        return new Section(problems, new YamlNode.Mapping(Map.of(), node.place()), true);
    }

    String path(String key) {
        return node.place().below(key).path();
    }

    Place place() {
        return node.place();
    }

    /** Where the key's value is written, or the section when it is not. */
    Place place(String key) {
        YamlNode value = node.entries().get(key);
        return value == null ? node.place() : value.place();
    }

    boolean has(String key) {
        return find(key).isPresent();
    }

    /** Whether this section stands for one that is missing or wrong, so that more problems would only repeat that. */
    boolean isSilent() {
        return silent;
    }

    Optional<YamlNode> find(String key) {
        asked.add(key);
        problems.asked(path(key));
        YamlNode value = node.entries().get(key);
        return value == null || (value instanceof YamlNode.Scalar scalar && scalar.isNull())
                ? Optional.empty()
                : Optional.of(value);
    }

    /** Adds "path (value) rule" at the key's place; a missing key is "path rule". */
    void problem(String key, String rule) {
        if (!silent) {
            YamlNode value = node.entries().get(key);
            problems.add(place(key), path(key) + (value == null ? "" : " (" + value.shown() + ")") + " " + rule);
        }
    }

    private Optional<YamlNode.Scalar> scalar(String key, String kind) {
        Optional<YamlNode> found = find(key);
        if (found.isPresent() && found.get() instanceof YamlNode.Scalar scalar) {
            return Optional.of(scalar);
        }
        if (found.isPresent()) {
            problem(key, "must be " + kind);
        }
        return Optional.empty();
    }

    /** The key has no value of the right kind: told here, unless that was told already. */
    private void missing(String key, String what) {
        Optional<YamlNode> found = find(key);
        if (found.isEmpty() && !silent) {
            problems.add(place(key), path(key) + " is missing: " + what);
        } else if (found.isPresent() && found.get() instanceof YamlNode.Scalar) {
            problem(key, "must not be blank: " + what);
        }
    }

    private <T> T hold(String key, T value) {
        resolved.put(key, value);
        return value;
    }

    String text(String key, String byDefault) {
        return hold(key, scalar(key, "text").map(YamlNode.Scalar::text).orElse(byDefault));
    }

    /** A list of texts; none when the key is missing. */
    List<String> texts(String key) {
        List<String> texts = new ArrayList<>();
        Optional<YamlNode> found = find(key);
        boolean list = found.isEmpty() || found.get() instanceof YamlNode.Sequence;
        if (found.isPresent() && found.get() instanceof YamlNode.Sequence sequence) {
            for (YamlNode item : sequence.items()) {
                list &= item instanceof YamlNode.Scalar scalar && texts.add(scalar.text());
            }
        }
        if (!list) {
            problem(key, "must be a list of texts. Maybe write [first, second]");
        }
        return hold(key, List.copyOf(texts));
    }

    /** Text that must be there and not be blank; {@code what} says what it is when it is not. */
    String requiredText(String key, String what) {
        Optional<String> found = scalar(key, "text").map(YamlNode.Scalar::text);
        if (found.isEmpty() || found.get().isBlank()) {
            missing(key, what);
        }
        return hold(key, found.orElse("?"));
    }

    Optional<String> optionalText(String key) {
        Optional<String> found = scalar(key, "text").map(YamlNode.Scalar::text);
        found.ifPresent(value -> resolved.put(key, value));
        return found;
    }

    /** A path, absolute. */
    Optional<String> optionalPath(String key) {
        Optional<YamlNode.Scalar> found = scalar(key, "a path");
        if (found.isEmpty()) {
            return Optional.empty();
        }
        if (found.get().text().isBlank()) {
            problem(key, "must not be empty. Maybe \".\" for the whole folder");
            return Optional.of("?");
        }
        try {
            return Optional.of(
                    hold(key, found.get().place().resolve(found.get().text()).toString()));
        } catch (InvalidPathException e) {
            problem(key, "must be a path: " + e.getReason());
            return Optional.empty();
        }
    }

    String requiredPath(String key, String what) {
        Optional<String> found = optionalPath(key);
        if (found.isEmpty()) {
            missing(key, what);
        }
        return found.orElse("?");
    }

    /** One character; {@code what} says what it is when it is missing. */
    char character(String key, String what) {
        String text = requiredText(key, what);
        if (text.length() != 1) {
            problem(key, "must be one character. Maybe quote it");
            return '?';
        }
        return text.charAt(0);
    }

    /** One of {@code choices}; the default when the key is not there, or a problem when there is no default. */
    String choice(String key, List<String> choices, Optional<String> byDefault) {
        Optional<YamlNode.Scalar> found = scalar(key, "one of " + String.join(", ", choices));
        if (found.isEmpty()) {
            if (byDefault.isEmpty()) {
                missing(key, "one of " + String.join(", ", choices));
            }
            return hold(key, byDefault.orElse(choices.getFirst()));
        }
        String text = found.get().text();
        if (!choices.contains(text)) {
            problem(
                    key,
                    "must be one of " + String.join(", ", choices) + "."
                            + Nearest.of(text, choices)
                                    .map(near -> " Maybe you meant " + near + "?")
                                    .orElse(""));
            return hold(key, choices.getFirst());
        }
        return hold(key, text);
    }

    boolean truth(String key, boolean byDefault) {
        Optional<YamlNode.Scalar> found = scalar(key, "true or false");
        boolean value = byDefault;
        if (found.isPresent()) {
            switch (found.get().text()) {
                case "true" -> value = true;
                case "false" -> value = false;
                default -> problem(key, "must be true or false");
            }
        }
        return hold(key, value);
    }

    long whole(String key, long byDefault, Range range) {
        return hold(key, optionalWhole(key, range).orElse(byDefault));
    }

    long requiredWhole(String key, Range range, String what) {
        if (!has(key)) {
            missing(key, what);
        }
        return whole(key, (long) range.least(), range);
    }

    Optional<Long> optionalWhole(String key, Range range) {
        Optional<YamlNode.Scalar> found = scalar(key, "a whole number");
        if (found.isEmpty()) {
            return Optional.empty();
        }
        Optional<Double> value = Range.number(found.get().text());
        if (value.isEmpty() || value.get() != Math.rint(value.get())) {
            problem(
                    key,
                    "must be a whole number"
                            + value.map(v -> ". Maybe " + Math.round(v)).orElse(""));
            return Optional.of((long) range.least());
        }
        Optional<String> broken = range.broken(value.get());
        if (broken.isPresent()) {
            problem(key, broken.get());
            return Optional.of((long) range.least());
        }
        long exact = Range.exact(found.get().text());
        return Optional.of(hold(key, exact));
    }

    double number(String key, double byDefault, Range range) {
        return hold(key, optionalNumber(key, range).orElse(byDefault));
    }

    double requiredNumber(String key, Range range, String what) {
        if (!has(key)) {
            missing(key, what);
        }
        return number(key, range.harmless(), range);
    }

    Optional<Double> optionalNumber(String key, Range range) {
        Optional<YamlNode.Scalar> found = scalar(key, "a number");
        if (found.isEmpty()) {
            return Optional.empty();
        }
        Optional<Double> value = Range.number(found.get().text());
        Optional<String> broken = value.isEmpty() ? Optional.of("must be a number") : range.broken(value.get());
        if (broken.isPresent()) {
            problem(key, broken.get());
            return Optional.of(range.harmless());
        }
        return Optional.of(hold(key, value.orElseThrow()));
    }

    /** A number of tokens: 14.8T, 2K or plain. */
    Optional<Double> optionalTokens(String key) {
        Optional<YamlNode.Scalar> found = scalar(key, "a number of tokens");
        if (found.isEmpty()) {
            return Optional.empty();
        }
        try {
            long count = Tokens.parse(found.get().text()).count();
            if (count > 0) {
                resolved.put(key, count);
                return Optional.of((double) count);
            }
            problem(key, "must be positive");
        } catch (GenkaException e) {
            problem(key, "must be a number of tokens. Maybe like 14.8T or 2K");
        }
        return Optional.of(1.0);
    }

    /** The section under the key; a missing one reads as empty. */
    Section section(String key) {
        Section below = find(key).map(value -> of(value, problems)).orElseGet(() -> empty(key, silent));
        resolved.put(key, below.resolved);
        return below;
    }

    private Section empty(String key, boolean quiet) {
        return new Section(problems, new YamlNode.Mapping(Map.of(), node.place().below(key)), quiet);
    }

    Section requiredSection(String key, String what) {
        if (!has(key)) {
            missing(key, what);
            Section none = empty(key, true);
            resolved.put(key, none.resolved);
            return none;
        }
        return section(key);
    }

    Optional<Section> optionalSection(String key) {
        return has(key) ? Optional.of(section(key)) : Optional.empty();
    }

    /** The sections of a list; none when the key is missing. */
    List<Section> sections(String key) {
        Optional<YamlNode> found = find(key);
        List<Section> sections = new ArrayList<>();
        if (found.isPresent() && found.get() instanceof YamlNode.Sequence sequence) {
            sequence.items().forEach(item -> sections.add(of(item, problems)));
        } else if (found.isPresent()) {
            problem(key, "must be a list. Maybe start each entry with a dash");
        }
        resolved.put(key, sections.stream().map(section -> section.resolved).toList());
        return sections;
    }

    /** The values of all keys not asked for yet, which is no problem then; null values are left out. */
    Map<String, Object> rest() {
        Map<String, Object> values = new LinkedHashMap<>();
        for (Map.Entry<String, YamlNode> entry : node.entries().entrySet()) {
            if (asked.add(entry.getKey())) {
                Object value = YamlValues.of(entry.getValue());
                if (value != null) {
                    values.put(entry.getKey(), value);
                }
            }
        }
        resolved.putAll(values);
        return values;
    }

    Optional<YamlNode.Mapping> freeNode(String key) {
        Optional<YamlNode> found = find(key);
        if (found.isPresent() && !(found.get() instanceof YamlNode.Mapping)) {
            problem(key, "must be a section. Maybe write its keys below it, indented");
        }
        return found.filter(YamlNode.Mapping.class::isInstance).map(YamlNode.Mapping.class::cast);
    }

    /** This section with the entries of {@code lower} where it has none. */
    Section over(YamlNode.Mapping lower) {
        return new Section(problems, node.over(lower), silent);
    }

    YamlNode.Mapping node() {
        return node;
    }

    /** What holds, in the order it was asked for. */
    Map<String, @Nullable Object> resolved() {
        return resolved;
    }

    /** Sets what {@link #resolved} shows for a key that is read by other means. */
    void resolve(String key, @Nullable Object value) {
        resolved.put(key, value);
    }

    Problems problems() {
        return problems;
    }

    /** Reports the keys that were not asked for, each with the nearest one that was. */
    void close() {
        for (Map.Entry<String, YamlNode> entry : node.entries().entrySet()) {
            if (!asked.contains(entry.getKey()) && !silent) {
                problems.add(
                        entry.getValue().place(),
                        entry.getValue().place().path() + " is not a known key."
                                + Nearest.advice(entry.getKey(), asked));
            }
        }
    }
}
