package genka.train;

import java.util.Arrays;

/**
 * What an answer earned compared with its group: (r − mean) / (std + 1e-4), std with ddof 1 (DeepSeekMath, arXiv 2402.03300 §4.1.2; the
 * 1e-4 is TRL's), or r − mean (Dr. GRPO, arXiv 2503.20783). A group whose rewards are all equal has advantages of exactly 0.
 */
public final class Advantages {
    private static final double EPS = 1e-4;

    private Advantages() {}

    /**
     * Writes the advantages of consecutive groups.
     *
     * @param rewards [groups × group]
     * @param group answers to each prompt
     * @param scale divide by the group's standard deviation
     * @param advantages [groups × group], written
     * @return how many groups have rewards that are all equal: they teach nothing
     */
    public static int of(float[] rewards, int count, int group, boolean scale, float[] advantages) {
        if (group < 1 || count % group != 0) {
            throw new IllegalArgumentException("rewards (" + count + ") must be whole groups of " + group);
        }
        int zeroVariance = 0;
        for (int at = 0; at < count; at += group) {
            if (equal(rewards, at, group)) {
                zeroVariance++;
                Arrays.fill(advantages, at, at + group, 0);
            } else {
                group(rewards, at, group, scale, advantages);
            }
        }
        return zeroVariance;
    }

    /** Whether the group that begins at {@code at} has one reward for all. */
    public static boolean equal(float[] rewards, int at, int group) {
        for (int i = 1; i < group; i++) {
            if (rewards[at + i] != rewards[at]) {
                return false;
            }
        }
        return true;
    }

    private static void group(float[] rewards, int at, int group, boolean scale, float[] advantages) {
        double mean = 0;
        for (int i = 0; i < group; i++) {
            mean += rewards[at + i];
        }
        mean /= group;
        double squares = 0;
        for (int i = 0; i < group; i++) {
            squares += (rewards[at + i] - mean) * (rewards[at + i] - mean);
        }
        double divisor = scale ? Math.sqrt(squares / (group - 1)) + EPS : 1;
        for (int i = 0; i < group; i++) {
            advantages[at + i] = (float) ((rewards[at + i] - mean) / divisor);
        }
    }
}
