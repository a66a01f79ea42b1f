package genka.kernel;

import static genka.kernel.Lanes.S;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * C[m, n] = A[m, k] B[k, n] with both read where they lie, for so few rows that packing B would cost more than it brings. Four rows at
 * a time; missing ones repeat the last. The bits are those of {@link SerialGemm}.
 */
final class InPlace {
    private static final int LANES = Lanes.COUNT;
    private static final int NR = SerialGemm.NR;
    private static final float[] ZEROS = new float[NR];

    private InPlace() {}

    /** @param tile room for four rows of two vectors */
    static void product(
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
            boolean accumulate,
            float[] tile) {
        float[] from = accumulate ? c : ZEROS;
        int ldf = accumulate ? ldc : 0;
        for (int i = 0; i < m; i += 4) {
            int rows = Math.min(4, m - i);
            int aFrom = aAt + i * lda;
            int cFrom = cAt + i * ldc;
            int j = 0;
            for (; j + NR <= n; j += NR) {
                int start = accumulate ? cFrom + j : 0;
                twoVectors(rows, k, a, aFrom, lda, b, bAt + j, ldb, from, start, ldf, c, cFrom + j, ldc);
            }
            if (j < n && bAt + j + (k - 1) * ldb + NR <= b.length) {
                int width = n - j;
                if (accumulate) {
                    Strips.copyTile(rows, width, c, cFrom + j, ldc, tile, 0, NR);
                }
                float[] start = accumulate ? tile : ZEROS;
                twoVectors(rows, k, a, aFrom, lda, b, bAt + j, ldb, start, 0, accumulate ? NR : 0, tile, 0, NR);
                Strips.copyTile(rows, width, tile, 0, NR, c, cFrom + j, ldc);
                j = n;
            }
            for (; j < n; j += LANES) {
                int start = accumulate ? cFrom + j : 0;
                int to = cFrom + j;
                oneVector(n - j, rows, k, a, aFrom, lda, b, bAt + j, ldb, from, start, ldf, c, to, ldc);
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
        int second = Math.min(1, rows - 1);
        int third = Math.min(2, rows - 1);
        int last = rows - 1;
        int a1 = second * lda;
        int a2 = third * lda;
        int a3 = last * lda;
        FloatVector s00 = FloatVector.fromArray(S, from, fromAt);
        FloatVector s01 = FloatVector.fromArray(S, from, fromAt + LANES);
        FloatVector s10 = FloatVector.fromArray(S, from, fromAt + second * ldf);
        FloatVector s11 = FloatVector.fromArray(S, from, fromAt + second * ldf + LANES);
        FloatVector s20 = FloatVector.fromArray(S, from, fromAt + third * ldf);
        FloatVector s21 = FloatVector.fromArray(S, from, fromAt + third * ldf + LANES);
        FloatVector s30 = FloatVector.fromArray(S, from, fromAt + last * ldf);
        FloatVector s31 = FloatVector.fromArray(S, from, fromAt + last * ldf + LANES);
        int ap = aAt;
        int bp = bAt;
        for (int p = 0; p < k; p++) {
            FloatVector b0 = FloatVector.fromArray(S, b, bp);
            FloatVector b1 = FloatVector.fromArray(S, b, bp + LANES);
            FloatVector x = FloatVector.broadcast(S, a[ap]);
            s00 = x.fma(b0, s00);
            s01 = x.fma(b1, s01);
            x = FloatVector.broadcast(S, a[ap + a1]);
            s10 = x.fma(b0, s10);
            s11 = x.fma(b1, s11);
            x = FloatVector.broadcast(S, a[ap + a2]);
            s20 = x.fma(b0, s20);
            s21 = x.fma(b1, s21);
            x = FloatVector.broadcast(S, a[ap + a3]);
            s30 = x.fma(b0, s30);
            s31 = x.fma(b1, s31);
            ap++;
            bp += ldb;
        }
        s00.intoArray(c, cAt);
        s01.intoArray(c, cAt + LANES);
        s10.intoArray(c, cAt + second * ldc);
        s11.intoArray(c, cAt + second * ldc + LANES);
        s20.intoArray(c, cAt + third * ldc);
        s21.intoArray(c, cAt + third * ldc + LANES);
        s30.intoArray(c, cAt + last * ldc);
        s31.intoArray(c, cAt + last * ldc + LANES);
    }

    /** The first {@code width} columns of a vector, where B ends with its array; the mask is made here, as an argument it would be an object. */
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
