package genka.kernel;

import static genka.kernel.Lanes.S;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** Element-wise helpers and fixed-order sums over float ranges. */
public final class Vectors {
    private static final VectorSpecies<Double> D = DoubleVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Float> HALF =
            VectorSpecies.of(float.class, VectorShape.forBitSize(D.vectorBitSize() / 2));

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

    private static double blockSquares(float[] x, int at, int n, int block) {
        int from = at + block * BLOCK;
        int to = at + (int) Math.min(n, (block + 1L) * BLOCK);
        int lanes = D.length();
        DoubleVector even = DoubleVector.zero(D);
        DoubleVector odd = DoubleVector.zero(D);
        int i = from;
        for (; i <= to - 2 * lanes; i += 2 * lanes) {
            DoubleVector a = (DoubleVector) FloatVector.fromArray(HALF, x, i).convertShape(VectorOperators.F2D, D, 0);
            DoubleVector b =
                    (DoubleVector) FloatVector.fromArray(HALF, x, i + lanes).convertShape(VectorOperators.F2D, D, 0);
            even = a.fma(a, even);
            odd = b.fma(b, odd);
        }
        DoubleVector sums = even.add(odd);
        double sum = 0;
        for (int lane = 0; lane < lanes; lane++) {
            sum += sums.lane(lane);
        }
        for (; i < to; i++) {
            sum = Math.fma(x[i], (double) x[i], sum);
        }
        return sum;
    }
}
