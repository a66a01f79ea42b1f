package genka.catalog;

import genka.units.GenkaException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What is wrong with a file, told all at once; also the keys its reader asked for. */
final class Problems {
    private static final int MOST_SHOWN = 50;

    private final Set<Problem> found = new LinkedHashSet<>();
    private final Set<String> askedKeys = new TreeSet<>();

    private record Problem(Place place, String text) {
        @Override
        public String toString() {
            return place + ": " + text;
        }
    }

    void add(Place place, String text) {
        found.add(new Problem(place, text));
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    int size() {
        return found.size();
    }

    /** Notes that the reader knows this key; list indexes are left out, names of models and sources are NAME. */
    void asked(String path) {
        askedKeys.add(
                path.replaceAll("\\[\\d+]", "[]").replaceAll("^(models|sources|stages\\[]\\.data)\\.[^.]+", "$1.NAME"));
    }

    Set<String> askedKeys() {
        return askedKeys;
    }

    /** One user error with a line for each problem, in the order of the file; nothing when there is none. */
    void throwIfAny() {
        if (found.isEmpty()) {
            return;
        }
        List<Problem> sorted = new ArrayList<>(found);
        sorted.sort(Comparator.comparingInt((Problem p) ->
                        p.place().line() == 0 ? Integer.MAX_VALUE : p.place().line())
                .thenComparingInt(p -> p.place().column()));
        List<String> lines = new ArrayList<>(
                sorted.stream().limit(MOST_SHOWN).map(Problem::toString).toList());
        if (sorted.size() > MOST_SHOWN) {
            lines.add("and " + (sorted.size() - MOST_SHOWN) + " more problems");
        }
        throw GenkaException.user(String.join("\n", lines));
    }
}
