package genka.train;

/**
 * How often at least one of k answers is right, and how sure a share is. The estimator is the unbiased one of Chen et al. 2021 (arXiv
 * 2107.03374, eq. 1): 1 − C(n − c, k) / C(n, k).
 */
public final class PassAtK {
    /** Standard normal quantile of a two-sided 95 % interval. */
    public static final double Z95 = 1.959963984540054;

    private PassAtK() {}

    /** Bounds of a share, 0 to 1. */
    public record Interval(double low, double high) {}

    /**
     * The estimate for one problem.
     *
     * @param answers n, at least k
     * @param right c, how many of them are right
     */
    public static double of(int answers, int right, int k) {
        if (k < 1 || answers < k || right < 0 || right > answers) {
            throw new IllegalArgumentException("pass@" + k + " of " + right + " right in " + answers
                    + " needs 1 <= k <= answers and 0 <= right <= answers");
        }
        if (answers - right < k) {
            return 1;
        }
        double allWrong = 1;
        for (int i = answers - right + 1; i <= answers; i++) {
            allWrong *= 1 - (double) k / i;
        }
        return 1 - allWrong;
    }

    /** The mean estimate over problems with {@code answers} each. */
    public static double mean(int answers, int[] right, int k) {
        double sum = 0;
        for (int c : right) {
            sum += of(answers, c, k);
        }
        return right.length == 0 ? 0 : sum / right.length;
    }

    /** Wilson's score interval (1927) of {@code right} successes in {@code trials}; z 1.96 is 95 %. No trials: everything is possible. */
    public static Interval wilson(long right, long trials, double z) {
        if (right < 0 || right > trials) {
            throw new IllegalArgumentException(
                    "successes (" + right + ") must be between 0 and trials (" + trials + ")");
        }
        if (trials == 0) {
            return new Interval(0, 1);
        }
        double share = (double) right / trials;
        double z2 = z * z / trials;
        double centre = share + z2 / 2;
        double half = z * Math.sqrt(share * (1 - share) / trials + z2 / (4 * trials));
        double low = right == 0 ? 0 : (centre - half) / (1 + z2);
        double high = right == trials ? 1 : (centre + half) / (1 + z2);
        return new Interval(Math.max(0, low), Math.min(1, high));
    }
}
