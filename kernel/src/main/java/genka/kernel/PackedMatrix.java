package genka.kernel;

/**
 * The right operand B[k, n] of products C = A B, packed once for many of them, as weights are: {@link Gemm#packed} and
 * {@link SerialGemm#packed} take it. The values are a copy, so pack again when the matrix has changed; that allocates nothing.
 *
 * <p>For a weight W[out, in]: y = x Wᵀ takes {@code new PackedMatrix(in, out)} filled by {@code packTransposed(w, at, in)}, and
 * dx = dy W takes {@code new PackedMatrix(out, in)} filled by {@code pack(w, at, in)}. Any rectangle of a weight can be packed by
 * itself, such as one head's or one expert's rows. Products may read one matrix on several threads; packing needs it alone, but
 * different matrices in the same room can be packed at the same time.
 */
public final class PackedMatrix {
    private int k;
    private int n;
    private final AlignedFloats values;
    private final int at;
    private boolean far;

    /** A matrix of zeros with room of its own. */
    public PackedMatrix(int k, int n) {
        this(k, n, new AlignedFloats(size(k, n)), 0);
    }

    /**
     * A matrix in the floats {@code at .. at + size(k, n)} of {@code values}, so that many small ones can share them; sizes are whole
     * vectors, so matrices that lie one after the other all stay aligned.
     */
    public PackedMatrix(int k, int n, AlignedFloats values, int at) {
        this.values = values;
        this.at = at;
        reshape(k, n);
    }

    /** The floats that a matrix [k, n] takes: n rounded up to whole vectors, times k. */
    public static int size(int k, int n) {
        return Panels.size(k, n);
    }

    /** Whether a matrix [k, n] finds room after {@link #reshape}. */
    public boolean fits(int k, int n) {
        return k >= 0 && n >= 0 && at >= 0 && size(k, n) <= values.size() - at;
    }

    /** From now on the matrix is [k, n], of values that are yet to be packed. */
    public void reshape(int k, int n) {
        if (!fits(k, n)) {
            throw new IllegalArgumentException(
                    "a packed matrix of " + k + " × " + n + " at " + at + " does not fit " + values.size() + " floats");
        }
        this.k = k;
        this.n = n;
    }

    public int k() {
        return k;
    }

    public int n() {
        return n;
    }

    /** B[p, j] = b[bAt + p * ldb + j] */
    public void pack(float[] b, int bAt, int ldb) {
        Panels.pack(k, n, b, bAt, ldb, values, at);
    }

    /** B[p, j] = b[bAt + (p - from) * ldb + j] for the rows {@code from..to} alone. */
    public void packRows(int from, int to, float[] b, int bAt, int ldb) {
        Panels.packRows(from, to, k, n, b, bAt, ldb, values, at);
    }

    /** B[p, j] = b[bAt + j * ldb + p] */
    public void packTransposed(float[] b, int bAt, int ldb) {
        Panels.packTransposed(k, n, b, bAt, ldb, values, at);
    }

    /**
     * Says whether the matrix lies in no near cache when it is used, as one of many that take turns. Products then read each part of it in
     * one run before they use it: the processor fetches ahead of such a run, but not far enough ahead of multiply-adds.
     */
    public void far(boolean far) {
        this.far = far;
    }

    boolean far() {
        return far;
    }

    AlignedFloats values() {
        return values;
    }

    int at() {
        return at;
    }
}
