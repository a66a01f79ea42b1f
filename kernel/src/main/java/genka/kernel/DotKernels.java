package genka.kernel;

import static genka.kernel.Lanes.S;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * C[m, n] = A[m, k] B[n, k]ᵀ for few rows, as decoding has them: B is read once and not packed. Its long rows are read one after the
 * other, so that memory sees one run: some processors fetch that twice as fast as four runs side by side. Once near, and where rows are
 * short, four of them share the row of A. Each element is the sum of one chain of fused multiply-adds a lane, see {@link Lanes}, so its
 * bits are the same either way.
 */
public final class DotKernels {
    private static final int FEW_ROWS = 4;
    private static final int FEW_LONG_ROWS = 12;
    private static final int LONG = 256;

    private DotKernels() {}

    /** Whether packing B would cost more than it brings. Asked of the whole product, never of a thread's part: the bits differ. */
    static boolean suit(int m, int k) {
        return m <= FEW_ROWS || (m <= FEW_LONG_ROWS && k >= LONG);
    }

    /** C[m, n] = A[m, k] B[n, k]ᵀ on the calling thread, added to C when {@code accumulate}. */
    public static void nt(
            int m,
            int n,
            int k,
            float[] a,
            int aAt,
            int lda,
            float[] b,
            int bAt,
            int ldb,
            float[] c,
            int cAt,
            int ldc,
            boolean accumulate) {
        for (int j = 0; j < n; j += 4) {
            int columns = Math.min(4, n - j);
            int from = bAt + j * ldb;
            for (int i = 0; i < m; i++) {
                int to = cAt + i * ldc + j;
                if (i == 0 && k >= LONG) {
                    inOneRun(columns, k, a, aAt, b, from, ldb, c, to, accumulate);
                } else {
                    four(columns, k, a, aAt + i * lda, b, from, ldb, c, to, accumulate);
                }
            }
        }
    }

    /** The elements of {@link #four}, B's rows one after the other. */
    private static void inOneRun(
            int columns,
            int k,
            float[] a,
            int aAt,
            float[] b,
            int bAt,
            int ldb,
            float[] c,
            int cAt,
            boolean accumulate) {
        for (int column = 0; column < columns; column++) {
            store(c, cAt + column, Vectors.dot(k, a, aAt, b, bAt + column * ldb), accumulate);
        }
    }

    /** One to four elements; missing rows of B repeat the last one. */
    private static void four(
            int columns,
            int k,
            float[] a,
            int aAt,
            float[] b,
            int bAt,
            int ldb,
            float[] c,
            int cAt,
            boolean accumulate) {
        int last = columns - 1;
        int b1 = bAt + Math.min(1, last) * ldb;
        int b2 = bAt + Math.min(2, last) * ldb;
        int b3 = bAt + last * ldb;
        FloatVector s0 = FloatVector.zero(S);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        int whole = S.loopBound(k);
        for (int p = 0; p < whole; p += Lanes.COUNT) {
            FloatVector x = FloatVector.fromArray(S, a, aAt + p);
            s0 = x.fma(FloatVector.fromArray(S, b, bAt + p), s0);
            s1 = x.fma(FloatVector.fromArray(S, b, b1 + p), s1);
            s2 = x.fma(FloatVector.fromArray(S, b, b2 + p), s2);
            s3 = x.fma(FloatVector.fromArray(S, b, b3 + p), s3);
        }
        if (whole < k) {
            VectorMask<Float> rest = S.indexInRange(whole, k);
            FloatVector x = FloatVector.fromArray(S, a, aAt + whole, rest);
            s0 = x.fma(FloatVector.fromArray(S, b, bAt + whole, rest), s0);
            s1 = x.fma(FloatVector.fromArray(S, b, b1 + whole, rest), s1);
            s2 = x.fma(FloatVector.fromArray(S, b, b2 + whole, rest), s2);
            s3 = x.fma(FloatVector.fromArray(S, b, b3 + whole, rest), s3);
        }
        float r3 = Lanes.sum(s3);
        float r2 = Lanes.sum(s2);
        float r1 = Lanes.sum(s1);
        float r0 = Lanes.sum(s0);
        store(c, cAt, r0, accumulate);
        if (columns > 1) {
            store(c, cAt + 1, r1, accumulate);
        }
        if (columns > 2) {
            store(c, cAt + 2, r2, accumulate);
        }
        if (columns > 3) {
            store(c, cAt + 3, r3, accumulate);
        }
    }

    private static void store(float[] c, int at, float value, boolean accumulate) {
        c[at] = accumulate ? c[at] + value : value;
    }
}
