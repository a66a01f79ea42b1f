package genka.catalog;

import java.util.Collection;
import java.util.Optional;

/** The known name a mistyped one was probably meant to be. */
public final class NearestName {
    private NearestName() {}

    /** The closest candidate by edit distance, when it is close enough to be a slip of the hand. */
    public static Optional<String> of(String name, Collection<String> candidates) {
        String best = null;
        int bestDistance = Math.max(2, name.length() / 3) + 1;
        for (String candidate : candidates) {
            int distance = distance(name, candidate);
            if (distance < bestDistance) {
                best = candidate;
                bestDistance = distance;
            }
        }
        return Optional.ofNullable(best);
    }

    /** " Maybe you meant …?" with the closest candidate, or all of them when none is close. */
    public static String advice(String name, Collection<String> candidates) {
        return of(name, candidates)
                .map(c -> " Maybe you meant " + c + "?")
                .orElse(" Maybe one of: " + String.join(", ", candidates) + ".");
    }

    private static int distance(String a, String b) {
        if (Math.max(a.length(), b.length()) > 200) {
            return Integer.MAX_VALUE;
        }
        int[] previous = new int[b.length() + 1];
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(change, Math.min(previous[j], row[j - 1]) + 1);
            }
            int[] swap = previous;
            previous = row;
            row = swap;
        }
        return previous[b.length()];
    }
}
