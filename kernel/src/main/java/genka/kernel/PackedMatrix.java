package genka.kernel;

/**
 * The right operand B[k, n] of products C = A B, packed once for many of them, as weights are: {@link Gemm#packed} and
 * {@link SerialGemm#packed} take it. The values are a copy, so pack again when the matrix has changed; that allocates nothing.
 *
 * <p>For a weight W[out, in]: y = x Wᵀ takes {@code new PackedMatrix(in, out)} filled by {@code packTransposed(w, at, in)}, and
 * dx = dy W takes {@code new PackedMatrix(out, in)} filled by {@code pack(w, at, in)}. Any rectangle of a weight can be packed by
 * itself, such as one head's or one expert's rows. Products may read one matrix on several threads; packing needs it alone, but
 * different matrices in one array can be packed at the same time.
 *
 * <p>Layout: panels of two vectors' columns, each k rows deep and contiguous; a last panel of at most one vector's columns is one
 * vector wide. Columns past n hold zeros.
 */
public final class PackedMatrix {
    private static final int LANES = Lanes.COUNT;
    private static final int NR = SerialGemm.NR;

    private final int k;
    private final int n;
    private final float[] values;
    private final int at;

    /** A matrix of zeros with an array of its own. */
    public PackedMatrix(int k, int n) {
        this(k, n, new float[size(k, n)], 0);
    }

    /** A matrix in {@code values[at .. at + size(k, n)]}, so that many small ones can share an array. */
    public PackedMatrix(int k, int n, float[] values, int at) {
        if (k < 0 || n < 0 || at < 0 || values.length - at < size(k, n)) {
            throw new IllegalArgumentException(
                    "a packed matrix of " + k + " × " + n + " at " + at + " does not fit " + values.length + " values");
        }
        this.k = k;
        this.n = n;
        this.values = values;
        this.at = at;
    }

    /** The floats that a matrix [k, n] takes: n rounded up to whole vectors, times k. */
    public static int size(int k, int n) {
        return Math.multiplyExact(k, (n + LANES - 1) / LANES * LANES);
    }

    public int k() {
        return k;
    }

    public int n() {
        return n;
    }

    /** B[p, j] = b[bAt + p * ldb + j] */
    public void pack(float[] b, int bAt, int ldb) {
        for (int j = 0; j < n; j += LANES) {
            Strips.copy(Math.min(LANES, n - j), k, b, bAt + j, ldb, values, stripAt(j), step(j));
        }
        clearPadding();
    }

    /** B[p, j] = b[bAt + j * ldb + p] */
    public void packTransposed(float[] b, int bAt, int ldb) {
        for (int j = 0; j < n; j += LANES) {
            Transpose.strip(Math.min(LANES, n - j), k, b, bAt + j * ldb, ldb, values, stripAt(j), step(j));
        }
        clearPadding();
    }

    float[] values() {
        return values;
    }

    /** Where column {@code j} of row 0 starts; j is a multiple of a panel's columns. */
    int panelAt(int j) {
        return at + j * k;
    }

    /** The distance of two rows in the panel of column {@code j}. */
    int step(int j) {
        return Math.min(NR, (n + LANES - 1) / LANES * LANES - j / NR * NR);
    }

    private int stripAt(int j) {
        return at + j / NR * NR * k + j % NR;
    }

    private void clearPadding() {
        int last = n % LANES;
        if (last > 0) {
            int from = stripAt(n - last);
            int step = step(n - last);
            for (int p = 0; p < k; p++) {
                for (int i = last; i < LANES; i++) {
                    values[from + p * step + i] = 0;
                }
            }
        }
    }
}
