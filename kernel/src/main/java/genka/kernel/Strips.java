package genka.kernel;

import static genka.kernel.Lanes.S;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Copies rows, and narrow strips of columns, to where they lie close together. */
final class Strips {
    private static final int LANES = Lanes.COUNT;

    /** Values of a cache line. */
    private static final int LINE = AlignedFloats.LINE / Float.BYTES;

    /** Rows copied at a time when strips lie side by side, so that the cache lines they share are still in the first cache. */
    static final int ROWS = 32;

    private Strips() {}

    /** to[toAt + i * step + p] = from[at + i * ld + p] for i in 0..rows, p in 0..k */
    static void copyRows(int rows, int k, float[] from, int at, int ld, float[] to, int toAt, int step) {
        int i = 0;
        for (; i + 4 <= rows; i += 4) {
            copyFourRows(k, from, at + i * ld, ld, to, toAt + i * step, step);
        }
        for (; i < rows; i++) {
            System.arraycopy(from, at + i * ld, to, toAt + i * step, k);
        }
    }

    private static void copyFourRows(int k, float[] from, int at, int ld, float[] to, int toAt, int step) {
        int whole = S.loopBound(k);
        for (int p = 0; p < whole; p += LANES) {
            FloatVector.fromArray(S, from, at + p).intoArray(to, toAt + p);
            FloatVector.fromArray(S, from, at + ld + p).intoArray(to, toAt + step + p);
            FloatVector.fromArray(S, from, at + 2 * ld + p).intoArray(to, toAt + 2 * step + p);
            FloatVector.fromArray(S, from, at + 3 * ld + p).intoArray(to, toAt + 3 * step + p);
        }
        for (int p = whole; p < k; p++) {
            for (int i = 0; i < 4; i++) {
                to[toAt + i * step + p] = from[at + i * ld + p];
            }
        }
    }

    /**
     * to[toAt + p * step + i] = from[at + p * ld + i] for i in 0..width (at most the lanes), p in 0..k. Writes whole vectors in the
     * order of p: what lies between {@code width} and the number of lanes is overwritten, also after the last row.
     */
    static void copy(int width, int k, float[] from, int at, int ld, float[] to, int toAt, int step) {
        int whole = wholeRows(k, LANES, from, at, ld);
        for (int p = 0; p < whole; p++) {
            FloatVector.fromArray(S, from, at + p * ld).intoArray(to, toAt + p * step);
        }
        for (int p = whole; p < k; p++) {
            for (int i = 0; i < width; i++) {
                to[toAt + p * step + i] = from[at + p * ld + i];
            }
        }
    }

    /** to[toAt + i * toStep + j] = from[at + i * step + j] for i in 0..rows, j in 0..width; writes nothing else. */
    static void copyTile(int rows, int width, float[] from, int at, int step, float[] to, int toAt, int toStep) {
        int whole = width / LANES * LANES;
        VectorMask<Float> rest = S.indexInRange(whole, width);
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < whole; j += LANES) {
                FloatVector.fromArray(S, from, at + i * step + j).intoArray(to, toAt + i * toStep + j);
            }
            if (whole < width) {
                FloatVector.fromArray(S, from, at + i * step + whole, rest)
                        .intoArray(to, toAt + i * toStep + whole, rest);
            }
        }
    }

    /**
     * Visits each cache line of rows that are about to be added to: many come at once, where the kernels, whose sums wait for them, would
     * ask for a few at a time.
     *
     * @return something that hangs on all of them
     */
    static float fetch(int rows, int n, float[] x, int at, int ld) {
        float even = 0;
        float odd = 0;
        for (int i = 0; i < rows; i++) {
            int end = at + i * ld + n;
            int j = at + i * ld;
            for (; j < end - LINE; j += 2 * LINE) {
                even += x[j];
                odd += x[j + LINE];
            }
            if (j < end) {
                even += x[j];
            }
        }
        return even + odd;
    }

    /** How many of {@code rows} rows have {@code width} values in the array. */
    static int wholeRows(int rows, int width, float[] from, int at, int ld) {
        int whole = rows;
        while (whole > 0 && at + (whole - 1) * ld + width > from.length) {
            whole--;
        }
        return whole;
    }
}
