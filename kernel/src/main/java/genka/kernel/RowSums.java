package genka.kernel;

import static genka.kernel.Lanes.S;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Weighted sums of a matrix's rows, as one token's attention needs them: the matrix is read once, as it lies. */
public final class RowSums {
    private static final int WIDE = 8 * Lanes.COUNT;
    private static final int NARROW = 2 * Lanes.COUNT;

    private RowSums() {}

    /** c[n] = Σ a[p] B[p, n] over the k rows of B; each element is one chain of fused multiply-adds in the order of p. */
    public static void of(int k, int n, float[] a, int aAt, float[] b, int bAt, int ldb, float[] c, int cAt) {
        int j = 0;
        for (; j <= n - WIDE; j += WIDE) {
            wide(k, a, aAt, b, bAt + j, ldb, c, cAt + j);
        }
        for (; j <= n - NARROW; j += NARROW) {
            narrow(k, a, aAt, b, bAt + j, ldb, c, cAt + j);
        }
        for (; j < n; j += Lanes.COUNT) {
            rest(k, a, aAt, b, bAt + j, ldb, c, cAt + j, S.indexInRange(j, n));
        }
    }

    private static void wide(int k, float[] a, int aAt, float[] b, int bAt, int ldb, float[] c, int cAt) {
        FloatVector s0 = FloatVector.zero(S);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        FloatVector s4 = s0;
        FloatVector s5 = s0;
        FloatVector s6 = s0;
        FloatVector s7 = s0;
        for (int p = 0; p < k; p++) {
            FloatVector x = FloatVector.broadcast(S, a[aAt + p]);
            int at = bAt + p * ldb;
            s0 = x.fma(FloatVector.fromArray(S, b, at), s0);
            s1 = x.fma(FloatVector.fromArray(S, b, at + Lanes.COUNT), s1);
            s2 = x.fma(FloatVector.fromArray(S, b, at + 2 * Lanes.COUNT), s2);
            s3 = x.fma(FloatVector.fromArray(S, b, at + 3 * Lanes.COUNT), s3);
            s4 = x.fma(FloatVector.fromArray(S, b, at + 4 * Lanes.COUNT), s4);
            s5 = x.fma(FloatVector.fromArray(S, b, at + 5 * Lanes.COUNT), s5);
            s6 = x.fma(FloatVector.fromArray(S, b, at + 6 * Lanes.COUNT), s6);
            s7 = x.fma(FloatVector.fromArray(S, b, at + 7 * Lanes.COUNT), s7);
        }
        s0.intoArray(c, cAt);
        s1.intoArray(c, cAt + Lanes.COUNT);
        s2.intoArray(c, cAt + 2 * Lanes.COUNT);
        s3.intoArray(c, cAt + 3 * Lanes.COUNT);
        s4.intoArray(c, cAt + 4 * Lanes.COUNT);
        s5.intoArray(c, cAt + 5 * Lanes.COUNT);
        s6.intoArray(c, cAt + 6 * Lanes.COUNT);
        s7.intoArray(c, cAt + 7 * Lanes.COUNT);
    }

    private static void narrow(int k, float[] a, int aAt, float[] b, int bAt, int ldb, float[] c, int cAt) {
        FloatVector s0 = FloatVector.zero(S);
        FloatVector s1 = s0;
        for (int p = 0; p < k; p++) {
            FloatVector x = FloatVector.broadcast(S, a[aAt + p]);
            int at = bAt + p * ldb;
            s0 = x.fma(FloatVector.fromArray(S, b, at), s0);
            s1 = x.fma(FloatVector.fromArray(S, b, at + Lanes.COUNT), s1);
        }
        s0.intoArray(c, cAt);
        s1.intoArray(c, cAt + Lanes.COUNT);
    }

    private static void rest(
            int k, float[] a, int aAt, float[] b, int bAt, int ldb, float[] c, int cAt, VectorMask<Float> present) {
        FloatVector s = FloatVector.zero(S);
        for (int p = 0; p < k; p++) {
            FloatVector x = FloatVector.broadcast(S, a[aAt + p]);
            s = x.fma(FloatVector.fromArray(S, b, bAt + p * ldb, present), s);
        }
        s.intoArray(c, cAt, present);
    }
}
