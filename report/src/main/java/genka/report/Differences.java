package genka.report;

import genka.catalog.Recipe;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Recipe keys on which runs do not agree. */
final class Differences {
    private Differences() {}

    /** In the order of the alphabet. */
    static Set<String> keys(Collection<RunData> runs) {
        Set<String> keys = new TreeSet<>();
        runs.forEach(run -> keys.addAll(run.recipe().settings().keySet()));
        keys.removeAll(Recipe.DESCRIBING);
        keys.removeIf(
                key -> runs.stream().map(run -> value(run, key)).distinct().count() == 1);
        return keys;
    }

    static String value(RunData run, String key) {
        return run.recipe().settings().getOrDefault(key, "–");
    }

    /** {@code batch 16, seed 1}: what the run has for those keys, by their last words. */
    static String words(RunData run, Collection<String> keys) {
        List<String> last = keys.stream()
                .map(key -> key.substring(key.lastIndexOf('.') + 1))
                .toList();
        boolean clear = Set.copyOf(last).size() == last.size();
        return keys.stream()
                .map(key -> (clear ? key.substring(key.lastIndexOf('.') + 1) : key) + " " + value(run, key))
                .collect(Collectors.joining(", "));
    }
}
