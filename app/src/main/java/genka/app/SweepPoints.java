package genka.app;

import genka.catalog.Overrides;
import genka.catalog.Recipe;
import genka.catalog.RecipeReader;
import genka.catalog.ResolvedRecipe;
import genka.units.GenkaException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** The recipes of a sweep: every combination of the values of its keys, the last key's values changing fastest. */
final class SweepPoints {
    private static final int MOST = 1000;

    private SweepPoints() {}

    /** One combination. */
    record Point(Map<String, String> values, ResolvedRecipe recipe) {
        String words() {
            return values.entrySet().stream()
                    .map(value -> value.getKey() + "=" + value.getValue())
                    .collect(Collectors.joining(", "));
        }
    }

    /**
     * Reads all of them, so that what is wrong with one is told before any has run.
     *
     * @param over as given: a key, =, values with commas between
     * @param overrides further changes that all share
     * @param shared how somebody asked for one of those
     */
    static List<Point> read(Path recipe, List<String> over, List<String> overrides, UnaryOperator<String> shared) {
        List<Map<String, String>> combinations = combinations(over);
        List<Point> points = new ArrayList<>();
        Map<String, Point> byHash = new HashMap<>();
        for (Map<String, String> values : combinations) {
            Map<String, String> typed = new HashMap<>();
            List<String> all = new ArrayList<>(overrides);
            values.forEach((key, value) -> {
                all.add(key + "=" + value);
                typed.put(key + "=" + value, "--over " + key + "=" + value);
            });
            Point point = new Point(
                    values, RecipeReader.read(recipe, all, each -> typed.getOrDefault(each, shared.apply(each))));
            Point twin = byHash.putIfAbsent(point.recipe().hash(), point);
            if (twin != null) {
                throw same(twin, point);
            }
            points.add(point);
        }
        return points;
    }

    /** Why two combinations make the same recipe. */
    private static GenkaException same(Point one, Point other) {
        List<String> differ = one.values().keySet().stream()
                .filter(key ->
                        !Objects.equals(one.values().get(key), other.values().get(key)))
                .toList();
        if (Recipe.DESCRIBING.containsAll(differ)) {
            return GenkaException.user(
                    "--over " + one.words() + " and " + other.words() + " differ in " + String.join(" and ", differ)
                            + " alone, which changes nothing in training. Maybe sweep over another key?");
        }
        return GenkaException.user("--over " + one.words() + " and " + other.words()
                + " make the same recipe: a stage's own value goes before the recipe's. Maybe name the stage, as in"
                + " stages.NAME."
                + differ.getFirst() + "?");
    }

    static List<Map<String, String>> combinations(List<String> over) {
        List<Map<String, String>> combinations = List.of(Map.of());
        for (String each : over) {
            int equals = each.indexOf('=');
            List<String> values = equals <= 0 ? List.of() : values(each.substring(equals + 1));
            if (values.isEmpty() || values.stream().anyMatch(String::isBlank)) {
                throw GenkaException.user("--over " + each + " must be a key and its values. Maybe --over seed=1,2,3?");
            }
            String key = each.substring(0, equals).strip();
            requireDifferent(each, values);
            List<Map<String, String>> longer = new ArrayList<>();
            for (Map<String, String> combination : combinations) {
                if (combination.containsKey(key)) {
                    throw GenkaException.user("--over " + key + " is given twice. Maybe put all its values in one?");
                }
                for (String value : values) {
                    Map<String, String> next = new LinkedHashMap<>(combination);
                    next.put(key, value);
                    longer.add(next);
                }
            }
            combinations = longer;
            if (combinations.size() > MOST) {
                throw GenkaException.user("--over makes more than " + MOST + " runs. Maybe fewer values?");
            }
        }
        return combinations;
    }

    private static void requireDifferent(String over, List<String> values) {
        for (int i = 0; i < values.size(); i++) {
            String value = values.get(i);
            if (values.subList(0, i).stream().anyMatch(before -> Overrides.same(before, value))) {
                throw GenkaException.user(
                        "--over " + over + " gives the value " + value + " twice. Maybe leave one out?");
            }
        }
    }

    /** Splits at commas that stand in no bracket and no quotes. */
    private static List<String> values(String text) {
        List<String> values = new ArrayList<>();
        StringBuilder value = new StringBuilder();
        int depth = 0;
        char quote = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quote != 0) {
                quote = c == quote ? 0 : quote;
            } else if (c == '"' || c == '\'') {
                quote = c;
            } else if (c == '[' || c == '{') {
                depth++;
            } else if (c == ']' || c == '}') {
                depth--;
            }
            if (c == ',' && depth == 0 && quote == 0) {
                values.add(value.toString().strip());
                value.setLength(0);
            } else {
                value.append(c);
            }
        }
        values.add(value.toString().strip());
        return values;
    }
}
