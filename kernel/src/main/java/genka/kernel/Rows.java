package genka.kernel;

import static genka.kernel.Lanes.S;

import jdk.incubator.vector.FloatVector;

/** Moves rows between matrices, and between a matrix and a list of its rows: tokens to their experts; multiplies rows. */
public final class Rows {
    private Rows() {}

    /** to[i] = from[i], rows {@code ldFrom} and {@code ldTo} values apart: a part of each row, too short for a block copy. */
    public static void copy(int rows, int width, float[] from, int fromAt, int ldFrom, float[] to, int toAt, int ldTo) {
        int whole = S.loopBound(width);
        for (int r = 0; r < rows; r++) {
            int in = fromAt + r * ldFrom;
            int out = toAt + r * ldTo;
            for (int i = 0; i < whole; i += Lanes.COUNT) {
                FloatVector.fromArray(S, from, in + i).intoArray(to, out + i);
            }
            for (int i = whole; i < width; i++) {
                to[out + i] = from[in + i];
            }
        }
    }

    /** dots[i] = the sum of x y over row i, rows {@code ldx} and {@code ldy} values apart. */
    public static void dots(
            int rows, int width, float[] x, int xAt, int ldx, float[] y, int yAt, int ldy, float[] dots) {
        for (int r = 0; r < rows; r++) {
            dots[r] = Vectors.dot(width, x, xAt + r * ldx, y, yAt + r * ldy);
        }
    }

    /** to[i] = from[index[i]] for i in {@code first..last}. */
    public static void gather(
            int first,
            int last,
            int width,
            float[] from,
            int fromAt,
            int ldFrom,
            int[] index,
            int indexAt,
            float[] to,
            int toAt,
            int ldTo) {
        for (int i = first; i < last; i++) {
            System.arraycopy(from, fromAt + index[indexAt + i] * ldFrom, to, toAt + i * ldTo, width);
        }
    }
}
