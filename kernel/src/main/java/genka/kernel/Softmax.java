package genka.kernel;

/** Softmax over rows, in place. */
public final class Softmax {
    private Softmax() {}

    /** p = softmax(scale x) over the first {@code width} values at {@code at}. */
    public static void row(int width, float scale, float[] x, int at) {
        float max = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < width; i++) {
            max = Math.max(max, x[at + i]);
        }
        float sum = 0;
        for (int i = 0; i < width; i++) {
            float e = (float) Math.exp(scale * (x[at + i] - max));
            x[at + i] = e;
            sum += e;
        }
        float inv = 1 / sum;
        for (int i = 0; i < width; i++) {
            x[at + i] *= inv;
        }
    }

    /** Causal rows: row r of an [rows, ld] square keeps its first r + 1 values (softmax of scale x) and sets the rest to 0. */
    public static void causal(int rows, float scale, float[] x, int at, int ld) {
        for (int r = 0; r < rows; r++) {
            row(r + 1, scale, x, at + r * ld);
            java.util.Arrays.fill(x, at + r * ld + r + 1, at + r * ld + rows, 0);
        }
    }

    /** dx = scale p (dp - sum(p dp)) in place of dp, on causal rows: the values above the diagonal become 0. */
    public static void causalBackward(int rows, float scale, float[] p, int pAt, float[] dp, int dpAt, int ld) {
        for (int r = 0; r < rows; r++) {
            int pr = pAt + r * ld;
            int dr = dpAt + r * ld;
            float dot = 0;
            for (int i = 0; i <= r; i++) {
                dot = Math.fma(p[pr + i], dp[dr + i], dot);
            }
            for (int i = 0; i <= r; i++) {
                dp[dr + i] = scale * p[pr + i] * (dp[dr + i] - dot);
            }
            java.util.Arrays.fill(dp, dr + r + 1, dr + rows, 0);
        }
    }
}
