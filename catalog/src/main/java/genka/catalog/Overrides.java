package genka.catalog;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Values given beside the file as {@code a.b=value}, the value written as YAML. An entry of a list is named by its index
 * or, in stages, by its name: {@code stages.0.steps=10}, {@code stages.pretrain.steps=10}. {@code lr} is short for learning_rate.
 * Two values for one key are refused: whichever was taken, it would not be what somebody typed.
 */
public final class Overrides {
    private final Problems problems;
    private final Path base;
    private final UnaryOperator<String> typed;
    /** Values given so far, by their place in the recipe. */
    private final Map<String, String> given = new HashMap<>();

    /**
     * @param base the folder that relative paths in overrides start from: where the user stands
     * @param typed how the user asked for an override
     */
    Overrides(Path base, UnaryOperator<String> typed, Problems problems) {
        this.base = base;
        this.typed = typed;
        this.problems = problems;
    }

    YamlNode apply(YamlNode root, List<String> overrides) {
        YamlNode result = root;
        for (String override : overrides) {
            result = apply(result, override);
        }
        return result;
    }

    private YamlNode apply(YamlNode root, String override) {
        int equals = override.indexOf('=');
        Place place = new Place(shown(typed.apply(override)), 0, 0, "", base);
        if (equals <= 0) {
            problems.add(place, "must be written key=value. Maybe --set seed=7");
            return root;
        }
        String path = override.substring(0, equals).strip().replaceAll("\\[([0-9]+)]", ".$1");
        List<String> keys =
                Stream.of(path.split("\\.", -1)).map(Overrides::written).toList();
        if (keys.stream().anyMatch(String::isBlank) || keys.size() > YamlText.DEEPEST) {
            problems.add(place, "must name a key such as stages.0.steps before the =");
            return root;
        }
        YamlNode value = YamlText.parse(override.substring(equals + 1), place, problems)
                .orElseGet(() -> new YamlNode.Scalar("", true, place));
        return set(root, keys, new Given(value, override.substring(equals + 1).strip()), place);
    }

    /**
     * A value of the command line.
     *
     * @param typed as it was written
     */
    private record Given(YamlNode value, String typed) {}

    /** Whether two values are the same text, or the same number. */
    public static boolean same(String one, String other) {
        return one.equals(other)
                || (isNumber(one) && isNumber(other) && new BigDecimal(one).compareTo(new BigDecimal(other)) == 0);
    }

    private static boolean isNumber(String text) {
        return text.matches("[+-]?[0-9]{1,30}(\\.[0-9]{1,30})?([eE][+-]?[0-9]{1,3})?");
    }

    /** The key as recipes write it: short names are for the command line. */
    private static String written(String key) {
        return key.equals("lr") ? "learning_rate" : key;
    }

    private static String shown(String override) {
        String line = override.replaceAll("\\s+", " ");
        return line.length() <= 66 ? line : line.substring(0, 63) + "...";
    }

    private YamlNode set(YamlNode node, List<String> keys, Given value, Place place) {
        if (keys.isEmpty()) {
            String path = node.place().path();
            String other = given.putIfAbsent(path, value.typed());
            if (other != null && !same(other, value.typed())) {
                problems.add(
                        place,
                        path + " is given two values, " + other + " and " + value.typed()
                                + ". Maybe leave one of them out");
            }
            return moved(value.value(), path);
        }
        String key = keys.getFirst();
        List<String> rest = keys.subList(1, keys.size());
        return switch (node) {
            case YamlNode.Mapping mapping -> {
                Map<String, YamlNode> entries = new LinkedHashMap<>(mapping.entries());
                String path = mapping.place().below(key).path();
                YamlNode old = entries.get(key);
                YamlNode below = old == null || (old instanceof YamlNode.Scalar scalar && scalar.isNull())
                        ? new YamlNode.Mapping(Map.of(), place.at(0, 0, path))
                        : old;
                entries.put(key, set(below, rest, value, place));
                yield new YamlNode.Mapping(entries, mapping.place());
            }
            case YamlNode.Sequence sequence -> {
                Optional<Integer> index = index(sequence, key, place);
                if (index.isEmpty()) {
                    yield sequence;
                }
                List<YamlNode> items = new ArrayList<>(sequence.items());
                items.set(index.get(), set(items.get(index.get()), rest, value, place));
                yield new YamlNode.Sequence(items, sequence.place());
            }
            case YamlNode.Scalar scalar -> {
                problems.add(
                        place,
                        scalar.place().path() + " (" + scalar.shown() + ") is a value and has no key " + key
                                + ". Maybe set " + scalar.place().path() + " itself");
                yield scalar;
            }
        };
    }

    private Optional<Integer> index(YamlNode.Sequence sequence, String key, Place place) {
        String path = sequence.place().path();
        int size = sequence.items().size();
        if (key.matches("[0-9]{1,9}")) {
            int index = Integer.parseInt(key);
            if (index < size) {
                return Optional.of(index);
            }
            problems.add(place, path + " has no entry " + key + ": it has " + size + ", counted from 0");
            return Optional.empty();
        }
        List<Integer> named = IntStream.range(0, size)
                .filter(i -> name(sequence.items().get(i)).equals(key))
                .boxed()
                .toList();
        if (named.size() == 1) {
            return Optional.of(named.getFirst());
        }
        Collection<String> names = sequence.items().stream()
                .map(Overrides::name)
                .filter(name -> !name.isEmpty())
                .toList();
        problems.add(
                place,
                named.isEmpty()
                        ? path + " has no entry named " + key + "." + Nearest.advice(key, names)
                        : path + " has several entries named " + key + ". Maybe use " + path + "." + named.getFirst());
        return Optional.empty();
    }

    /** A stage's name: its own, else its kind. */
    private static String name(YamlNode item) {
        if (item instanceof YamlNode.Mapping mapping) {
            for (String key : List.of("name", "kind")) {
                if (mapping.entries().get(key) instanceof YamlNode.Scalar scalar && !scalar.isNull()) {
                    return scalar.text();
                }
            }
        }
        return "";
    }

    /** The value with its paths below the key it is set to. */
    private static YamlNode moved(YamlNode value, String path) {
        return switch (value) {
            case YamlNode.Scalar scalar -> new YamlNode.Scalar(scalar.text(), scalar.plain(), under(scalar, path));
            case YamlNode.Sequence sequence ->
                new YamlNode.Sequence(
                        sequence.items().stream().map(item -> moved(item, path)).toList(), under(sequence, path));
            case YamlNode.Mapping mapping -> {
                Map<String, YamlNode> entries = new LinkedHashMap<>();
                mapping.entries().forEach((key, entry) -> entries.put(key, moved(entry, path)));
                yield new YamlNode.Mapping(entries, under(mapping, path));
            }
        };
    }

    private static Place under(YamlNode node, String path) {
        String own = node.place().path();
        return node.place().at(0, 0, own.isEmpty() ? path : own.startsWith("[") ? path + own : path + "." + own);
    }
}
