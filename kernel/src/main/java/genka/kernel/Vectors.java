package genka.kernel;

import static genka.kernel.Lanes.S;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Element-wise helpers and fixed-order sums over float ranges. */
public final class Vectors {
    /** Values a partial sum covers. */
    static final int BLOCK = 8192;

    private static final int WORTH_A_TEAM = 32 * BLOCK;

    private Vectors() {}

    /** y += x. */
    public static void add(int n, float[] x, int xAt, float[] y, int yAt) {
        int whole = S.loopBound(n);
        for (int i = 0; i < whole; i += Lanes.COUNT) {
            FloatVector.fromArray(S, y, yAt + i)
                    .add(FloatVector.fromArray(S, x, xAt + i))
                    .intoArray(y, yAt + i);
        }
        for (int i = whole; i < n; i++) {
            y[yAt + i] += x[xAt + i];
        }
    }

    /** y += alpha x. */
    public static void axpy(int n, float alpha, float[] x, int xAt, float[] y, int yAt) {
        FloatVector factor = FloatVector.broadcast(S, alpha);
        int whole = S.loopBound(n);
        for (int i = 0; i < whole; i += Lanes.COUNT) {
            factor.fma(FloatVector.fromArray(S, x, xAt + i), FloatVector.fromArray(S, y, yAt + i))
                    .intoArray(y, yAt + i);
        }
        for (int i = whole; i < n; i++) {
            y[yAt + i] = Math.fma(alpha, x[xAt + i], y[yAt + i]);
        }
    }

    /** The sum of x y: one chain of fused multiply-adds a lane, then over the lanes. */
    public static float dot(int n, float[] x, int xAt, float[] y, int yAt) {
        FloatVector sums = FloatVector.zero(S);
        int whole = S.loopBound(n);
        for (int i = 0; i < whole; i += Lanes.COUNT) {
            sums = FloatVector.fromArray(S, x, xAt + i).fma(FloatVector.fromArray(S, y, yAt + i), sums);
        }
        if (whole < n) {
            VectorMask<Float> rest = S.indexInRange(whole, n);
            sums = FloatVector.fromArray(S, x, xAt + whole, rest)
                    .fma(FloatVector.fromArray(S, y, yAt + whole, rest), sums);
        }
        return Lanes.sum(sums);
    }

    /** x *= alpha. */
    public static void scale(int n, float alpha, float[] x, int xAt) {
        int whole = S.loopBound(n);
        for (int i = 0; i < whole; i += Lanes.COUNT) {
            FloatVector.fromArray(S, x, xAt + i).mul(alpha).intoArray(x, xAt + i);
        }
        for (int i = whole; i < n; i++) {
            x[xAt + i] *= alpha;
        }
    }

    /** The sum of squares of x in double, added up in blocks of a fixed size, so that it is the same at any thread count. */
    public static double sumSquares(ThreadTeam team, float[] x, int at, int n) {
        if (n < WORTH_A_TEAM || team.threads() == 1) {
            return sumSquares(x, at, n);
        }
        int blocks = (n + BLOCK - 1) / BLOCK;
        double sum = 0;
        double[] partial = new double[blocks];
        team.run(blocks, 1, (worker, from, to) -> {
            for (int i = from; i < to; i++) {
                partial[i] = blockSquares(x, at, n, i);
            }
        });
        for (double p : partial) {
            sum += p;
        }
        return sum;
    }

    /** The same on one thread. */
    static double sumSquares(float[] x, int at, int n) {
        int blocks = (n + BLOCK - 1) / BLOCK;
        double sum = 0;
        for (int i = 0; i < blocks; i++) {
            sum += blockSquares(x, at, n, i);
        }
        return sum;
    }

    /**
     * Sixteen chains of fused multiply-adds. Not in vectors: a second type of float vector in one process shows up in the profile of
     * every method of the Vector API, and the compiler then makes objects of vectors in loops that have nothing to do with this one.
     */
    private static double blockSquares(float[] x, int at, int n, int block) {
        int from = at + block * BLOCK;
        int to = at + (int) Math.min(n, (block + 1L) * BLOCK);
        double s0 = 0,
                s1 = 0,
                s2 = 0,
                s3 = 0,
                s4 = 0,
                s5 = 0,
                s6 = 0,
                s7 = 0,
                s8 = 0,
                s9 = 0,
                s10 = 0,
                s11 = 0,
                s12 = 0,
                s13 = 0,
                s14 = 0,
                s15 = 0;
        int i = from;
        for (; i <= to - 16; i += 16) {
            s0 = squareAdded(x[i], s0);
            s1 = squareAdded(x[i + 1], s1);
            s2 = squareAdded(x[i + 2], s2);
            s3 = squareAdded(x[i + 3], s3);
            s4 = squareAdded(x[i + 4], s4);
            s5 = squareAdded(x[i + 5], s5);
            s6 = squareAdded(x[i + 6], s6);
            s7 = squareAdded(x[i + 7], s7);
            s8 = squareAdded(x[i + 8], s8);
            s9 = squareAdded(x[i + 9], s9);
            s10 = squareAdded(x[i + 10], s10);
            s11 = squareAdded(x[i + 11], s11);
            s12 = squareAdded(x[i + 12], s12);
            s13 = squareAdded(x[i + 13], s13);
            s14 = squareAdded(x[i + 14], s14);
            s15 = squareAdded(x[i + 15], s15);
        }
        double sum = 0;
        sum += s0 + s8;
        sum += s1 + s9;
        sum += s2 + s10;
        sum += s3 + s11;
        sum += s4 + s12;
        sum += s5 + s13;
        sum += s6 + s14;
        sum += s7 + s15;
        for (; i < to; i++) {
            sum = squareAdded(x[i], sum);
        }
        return sum;
    }

    private static double squareAdded(double value, double sum) {
        return Math.fma(value, value, sum);
    }
}
