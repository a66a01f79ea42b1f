package genka.train;

import genka.catalog.Nearest;
import genka.model.Parameters;
import genka.units.GenkaException;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The parameters that a stage leaves as they are, told by patterns of their names in which * stands for any characters. */
final class FrozenParameters {
    /** Everything learns. */
    static final FrozenParameters NONE = new FrozenParameters(Set.of());

    private final Set<String> names;

    private FrozenParameters(Set<String> names) {
        this.names = names;
    }

    /**
     * Resolves a stage's patterns.
     *
     * @param known names of all tensors of the model
     * @throws GenkaException USER when a pattern matches nothing, with the nearest that would, or when nothing is left to learn
     */
    static FrozenParameters of(String stage, List<String> patterns, Collection<String> known) {
        Set<String> frozen = new HashSet<>();
        for (String pattern : patterns) {
            Pattern compiled = Pattern.compile(
                    Arrays.stream(pattern.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*")));
            List<String> matches =
                    known.stream().filter(compiled.asMatchPredicate()).toList();
            if (matches.isEmpty()) {
                throw GenkaException.user("Stage " + stage + ": freeze (" + pattern
                        + ") matches no parameter of the model."
                        + Nearest.of(pattern, patterns(known))
                                .map(near -> " Maybe you meant " + near + "?")
                                .orElse(" Maybe " + known.iterator().next() + "?"));
            }
            frozen.addAll(matches);
        }
        if (frozen.containsAll(known)) {
            throw GenkaException.user("Stage " + stage + ": freeze leaves nothing to learn. Maybe freeze less?");
        }
        return frozen.isEmpty() ? NONE : new FrozenParameters(Set.copyOf(frozen));
    }

    /** What a pattern may look like: each name, and each beginning of one with *. */
    private static Set<String> patterns(Collection<String> names) {
        Set<String> patterns = new LinkedHashSet<>();
        for (String name : names) {
            patterns.add(name);
            for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
                patterns.add(name.substring(0, dot + 1) + "*");
            }
        }
        return patterns;
    }

    boolean learns(String name) {
        return !names.contains(name);
    }

    /** Where the frozen values stand in {@link Parameters#values()}, ascending. */
    List<Range> ranges(Parameters parameters) {
        return parameters.entries().stream()
                .filter(entry -> entry.trainable() && !learns(entry.name()))
                .map(entry -> new Range(entry.offset(), entry.offset() + entry.size()))
                .toList();
    }

    /** Values from..to of the flat array. */
    record Range(int from, int to) {}
}
