package genka.kernel;

import static genka.kernel.Lanes.S;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * C[m, n] = A[m, k] B[k, n] for few rows: B is read where it lies, because packing it would cost more than it brings. Four rows at a
 * time; missing ones repeat the last. The bits are those of {@link SerialGemm}.
 */
final class FewRows {
    private static final int LANES = Lanes.COUNT;
    private static final float[] ZEROS = new float[2 * LANES];

    private FewRows() {}

    static void nn(
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
        float[] from = accumulate ? c : ZEROS;
        int ldf = accumulate ? ldc : 0;
        for (int i = 0; i < m; i += 4) {
            int rows = Math.min(4, m - i);
            int aFrom = aAt + i * lda;
            int cFrom = cAt + i * ldc;
            int j = 0;
            for (; j + 2 * LANES <= n; j += 2 * LANES) {
                int start = accumulate ? cFrom + j : 0;
                twoVectors(rows, k, a, aFrom, lda, b, bAt + j, ldb, from, start, ldf, c, cFrom + j, ldc);
            }
            for (; j < n; j += LANES) {
                int start = accumulate ? cFrom + j : 0;
                oneVector(n - j, rows, k, a, aFrom, lda, b, bAt + j, ldb, from, start, ldf, c, cFrom + j, ldc);
            }
        }
    }

    private static void twoVectors(
            int rows,
            int k,
            float[] a,
            int aAt,
            int lda,
            float[] b,
            int bAt,
            int ldb,
            float[] from,
            int fromAt,
            int ldf,
            float[] c,
            int cAt,
            int ldc) {
        int a1 = aAt + Math.min(1, rows - 1) * lda;
        int a2 = aAt + Math.min(2, rows - 1) * lda;
        int a3 = aAt + (rows - 1) * lda;
        int c1 = cAt + Math.min(1, rows - 1) * ldc;
        int c2 = cAt + Math.min(2, rows - 1) * ldc;
        int c3 = cAt + (rows - 1) * ldc;
        int f1 = fromAt + Math.min(1, rows - 1) * ldf;
        int f2 = fromAt + Math.min(2, rows - 1) * ldf;
        int f3 = fromAt + (rows - 1) * ldf;
        FloatVector s00 = FloatVector.fromArray(S, from, fromAt);
        FloatVector s01 = FloatVector.fromArray(S, from, fromAt + LANES);
        FloatVector s10 = FloatVector.fromArray(S, from, f1);
        FloatVector s11 = FloatVector.fromArray(S, from, f1 + LANES);
        FloatVector s20 = FloatVector.fromArray(S, from, f2);
        FloatVector s21 = FloatVector.fromArray(S, from, f2 + LANES);
        FloatVector s30 = FloatVector.fromArray(S, from, f3);
        FloatVector s31 = FloatVector.fromArray(S, from, f3 + LANES);
        for (int p = 0; p < k; p++) {
            FloatVector b0 = FloatVector.fromArray(S, b, bAt + p * ldb);
            FloatVector b1 = FloatVector.fromArray(S, b, bAt + p * ldb + LANES);
            FloatVector x = FloatVector.broadcast(S, a[aAt + p]);
            s00 = x.fma(b0, s00);
            s01 = x.fma(b1, s01);
            x = FloatVector.broadcast(S, a[a1 + p]);
            s10 = x.fma(b0, s10);
            s11 = x.fma(b1, s11);
            x = FloatVector.broadcast(S, a[a2 + p]);
            s20 = x.fma(b0, s20);
            s21 = x.fma(b1, s21);
            x = FloatVector.broadcast(S, a[a3 + p]);
            s30 = x.fma(b0, s30);
            s31 = x.fma(b1, s31);
        }
        s00.intoArray(c, cAt);
        s01.intoArray(c, cAt + LANES);
        s10.intoArray(c, c1);
        s11.intoArray(c, c1 + LANES);
        s20.intoArray(c, c2);
        s21.intoArray(c, c2 + LANES);
        s30.intoArray(c, c3);
        s31.intoArray(c, c3 + LANES);
    }

    /** The first {@code width} columns of a vector; the mask is made here, as an argument it would be an object. */
    private static void oneVector(
            int width,
            int rows,
            int k,
            float[] a,
            int aAt,
            int lda,
            float[] b,
            int bAt,
            int ldb,
            float[] from,
            int fromAt,
            int ldf,
            float[] c,
            int cAt,
            int ldc) {
        VectorMask<Float> columns = S.indexInRange(0, width);
        for (int i = 0; i < rows; i++) {
            FloatVector s = FloatVector.fromArray(S, from, fromAt + i * ldf, columns);
            for (int p = 0; p < k; p++) {
                s = FloatVector.broadcast(S, a[aAt + i * lda + p])
                        .fma(FloatVector.fromArray(S, b, bAt + p * ldb, columns), s);
            }
            s.intoArray(c, cAt + i * ldc, columns);
        }
    }
}
