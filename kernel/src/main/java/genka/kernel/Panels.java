package genka.kernel;

/**
 * The packed form of a right operand B[k, n]: panels of two vectors' columns, each k rows deep and contiguous; a last panel of at
 * most one vector's columns is one vector wide. Columns past n hold copies of other values.
 */
final class Panels {
    private static final int LANES = Lanes.COUNT;
    private static final int NR = SerialGemm.NR;

    private Panels() {}

    /** The floats that the panels take. */
    static int size(int k, int n) {
        return Math.multiplyExact(k, whole(n));
    }

    /** The distance of two rows in the panel of column {@code j}. */
    static int step(int n, int j) {
        return Math.min(NR, whole(n) - j / NR * NR);
    }

    /** B[p, j] = b[bAt + p * ldb + j] */
    static void pack(int k, int n, float[] b, int bAt, int ldb, float[] to, int toAt) {
        for (int p = 0; p < k; p += Strips.ROWS) {
            int rows = Math.min(Strips.ROWS, k - p);
            for (int j = 0; j < n; j += LANES) {
                int step = step(n, j);
                int at = stripAt(k, toAt, j) + p * step;
                Strips.copy(Math.min(LANES, n - j), rows, b, bAt + p * ldb + j, ldb, to, at, step);
            }
        }
    }

    /** B[p, j] = b[bAt + j * ldb + p] */
    static void packTransposed(int k, int n, float[] b, int bAt, int ldb, float[] to, int toAt) {
        for (int j = 0; j < n; j += LANES) {
            Transpose.strip(Math.min(LANES, n - j), k, b, bAt + j * ldb, ldb, to, stripAt(k, toAt, j), step(n, j));
        }
    }

    private static int whole(int n) {
        return (n + LANES - 1) / LANES * LANES;
    }

    private static int stripAt(int k, int toAt, int j) {
        return toAt + j / NR * NR * k + j % NR;
    }
}
