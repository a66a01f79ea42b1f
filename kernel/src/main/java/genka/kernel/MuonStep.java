package genka.kernel;

import static genka.kernel.Lanes.S;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * One update of a matrix by Muon (Jordan et al. 2024; scaled as in Liu et al. 2025, arXiv 2502.16982 §2.2): the momentum's singular
 * values become about 1 by Newton–Schulz iterations, and the whole takes the size of a usual AdamW update, so that both share a
 * learning rate. Its buffers are its own: one instance a thread. An update allocates nothing, and its bits are the same on any thread.
 */
public final class MuonStep {
    /** X ← a X + b (X Xᵀ) X + c (X Xᵀ)² X: five times bring singular values up to 1 between 0.7 and 1.2 (Jordan et al. 2024). */
    private static final float A = 3.4445f;

    private static final float B = -4.7750f;
    private static final float C = 2.0315f;

    /** An AdamW update's usual root mean square (arXiv 2502.16982 §2.2). */
    private static final double RMS = 0.2;

    private static final double LEAST_NORM = 1e-7;

    private final int iterations;
    private final SerialGemm gemm = new SerialGemm();
    private float[] x;
    private float[] next;
    private final float[] square;
    private final float[] polynomial;

    /**
     * For matrices up to that size.
     *
     * @param values rows times columns
     * @param shortSide the smaller of rows and columns
     */
    public MuonStep(int iterations, int values, int shortSide) {
        this.iterations = iterations;
        x = new float[values];
        next = new float[values];
        square = new float[shortSide * shortSide];
        polynomial = new float[shortSide * shortSide];
    }

    /** Values that an instance for matrices up to that size holds. */
    public static long bufferValues(long values, long shortSide) {
        return 2 * (values + shortSide * shortSide);
    }

    /**
     * m = momentum m + g; p -= rate (0.2 √max(rows, columns) O + decay p) with O the orthogonal factor of g + momentum m, about. Gradients count
     * {@code clip} times and are left as they were.
     *
     * @param at where the matrix [rows, columns] begins in p, g and m
     */
    public void update(
            int rows,
            int columns,
            int at,
            float[] p,
            float[] g,
            float[] m,
            double rate,
            double momentum,
            double decay,
            double clip) {
        int n = rows * columns;
        lookAhead(n, at, g, m, (float) momentum, (float) clip);
        orthogonalize(rows, columns);
        float size = (float) (rate * RMS * Math.sqrt(Math.max(rows, columns)));
        Vectors.axpy(n, (float) (-rate * decay), p, at, p, at);
        Vectors.axpy(n, -size, x, 0, p, at);
    }

    /** m takes the gradient in; x = g + momentum m (Nesterov). */
    private void lookAhead(int n, int at, float[] g, float[] m, float momentum, float clip) {
        FloatVector keep = FloatVector.broadcast(S, momentum);
        FloatVector share = FloatVector.broadcast(S, clip);
        int whole = S.loopBound(n);
        for (int i = 0; i < whole; i += Lanes.COUNT) {
            FloatVector gradient = FloatVector.fromArray(S, g, at + i).mul(share);
            FloatVector m1 = keep.fma(FloatVector.fromArray(S, m, at + i), gradient);
            m1.intoArray(m, at + i);
            keep.fma(m1, gradient).intoArray(x, i);
        }
        for (int i = whole; i < n; i++) {
            float gradient = g[at + i] * clip;
            m[at + i] = Math.fma(momentum, m[at + i], gradient);
            x[i] = Math.fma(momentum, m[at + i], gradient);
        }
    }

    /** x [rows, columns] becomes about the nearest matrix whose singular values are 1; a matrix of zeros stays as it is. */
    private void orthogonalize(int rows, int columns) {
        int n = rows * columns;
        Vectors.scale(n, (float) (1 / (Math.sqrt(Vectors.sumSquares(x, 0, n)) + LEAST_NORM)), x, 0);
        boolean wide = rows <= columns;
        int side = wide ? rows : columns;
        int sides = side * side;
        for (int i = 0; i < iterations; i++) {
            if (wide) {
                gemm.nt(side, side, columns, x, 0, columns, x, 0, columns, square, 0, side, false);
            } else {
                gemm.tn(side, side, rows, x, 0, columns, x, 0, columns, square, 0, side, false);
            }
            gemm.nn(side, side, side, square, 0, side, square, 0, side, polynomial, 0, side, false);
            Vectors.scale(sides, C, polynomial, 0);
            Vectors.axpy(sides, B, square, 0, polynomial, 0);
            for (int d = 0; d < sides; d += side + 1) {
                polynomial[d] += A;
            }
            if (wide) {
                gemm.nn(rows, columns, rows, polynomial, 0, rows, x, 0, columns, next, 0, columns, false);
            } else {
                gemm.nn(rows, columns, columns, x, 0, columns, polynomial, 0, columns, next, 0, columns, false);
            }
            float[] last = x;
            x = next;
            next = last;
        }
    }

    /** What {@link #update} makes of a gradient [rows, columns] without a momentum before: for tests. */
    float[] orthogonal(int rows, int columns, float[] g) {
        System.arraycopy(g, 0, x, 0, rows * columns);
        orthogonalize(rows, columns);
        return Arrays.copyOf(x, rows * columns);
    }
}
