package genka.catalog;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** The known word a mistyped one was probably meant to be. */
public final class Nearest {
    private Nearest() {}

    /** The candidate with the fewest edits, if few enough to be a slip; the first of equals. */
    public static Optional<String> of(String word, Collection<String> candidates) {
        String typed = normalised(word);
        Optional<String> best = Optional.empty();
        int fewest = Integer.MAX_VALUE;
        for (String candidate : candidates) {
            String known = normalised(candidate);
            int edits = edits(typed, known);
            boolean slip = edits <= Math.max(1, Math.max(typed.length(), known.length()) / 3)
                    || (typed.length() >= 3 && known.startsWith(typed));
            if (slip && edits < fewest) {
                fewest = edits;
                best = Optional.of(candidate);
            }
        }
        return best;
    }

    /** " Maybe you meant x?" for a near word, else " Maybe one of a, b, c.". */
    public static String advice(String word, Collection<String> candidates) {
        Optional<String> nearest = of(word, candidates);
        if (nearest.isPresent()) {
            return " Maybe you meant " + nearest.get() + "?";
        }
        return candidates.isEmpty() ? "" : " Maybe one of " + String.join(", ", candidates) + ".";
    }

    private static String normalised(String word) {
        String shortened = word.length() <= 64 ? word : word.substring(0, 64);
        return shortened.toLowerCase(Locale.ROOT).replace('-', '_');
    }

    /** Optimal string alignment distance: insert, delete, replace, swap neighbours. */
    private static int edits(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                int replace = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                d[i][j] = Math.min(replace, 1 + Math.min(d[i - 1][j], d[i][j - 1]));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
