package genka.kernel;

import static genka.kernel.Lanes.S;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;

/**
 * The packed form of a right operand B[k, n]: panels of two vectors' columns, each k rows deep and contiguous; a last panel of at
 * most one vector's columns is one vector wide. Columns past n hold copies of other values. Places are counted in floats.
 */
final class Panels {
    private static final int LANES = Lanes.COUNT;
    private static final int NR = SerialGemm.NR;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();

    private Panels() {}

    /** The floats that the panels take. */
    static int size(int k, int n) {
        return Math.multiplyExact(k, whole(n));
    }

    /** The distance of two rows in the panel of column {@code j}. */
    static int step(int n, int j) {
        return Math.min(NR, whole(n) - j / NR * NR);
    }

    /** B[p, j] = b[bAt + p * ldb + j] */
    static void pack(int k, int n, float[] b, int bAt, int ldb, AlignedFloats to, int toAt) {
        packRows(0, k, k, n, b, bAt, ldb, to, toAt);
    }

    /** B[p, j] = b[bAt + (p - first) * ldb + j] for the rows {@code first..last}. */
    static void packRows(int first, int last, int k, int n, float[] b, int bAt, int ldb, AlignedFloats to, int toAt) {
        for (int p = first; p < last; p += Strips.ROWS) {
            int rows = Math.min(Strips.ROWS, last - p);
            for (int j = 0; j < n; j += NR) {
                int from = bAt + (p - first) * ldb + j;
                copyPanel(n - j, rows, b, from, ldb, to.memory(), 4L * (toAt + j * k + p * step(n, j)));
            }
        }
    }

    /** B[p, j] = b[bAt + j * ldb + p] */
    static void packTransposed(int k, int n, float[] b, int bAt, int ldb, AlignedFloats to, int toAt) {
        for (int j = 0; j < n; j += LANES) {
            long at = 4L * stripAt(k, toAt, j);
            Transpose.strip(Math.min(LANES, n - j), k, b, bAt + j * ldb, ldb, to.memory(), at, step(n, j));
        }
    }

    /** Rows of one panel from byte {@code toAt}; {@code n} columns remain. */
    private static void copyPanel(int n, int rows, float[] from, int at, int ld, MemorySegment to, long toAt) {
        int step = n > LANES ? NR : LANES;
        int whole = Strips.wholeRows(rows, step, from, at, ld);
        if (step == NR) {
            for (int p = 0; p < whole; p++) {
                long target = toAt + (long) p * (4 * NR);
                FloatVector.fromArray(S, from, at + p * ld).intoMemorySegment(to, target, ORDER);
                FloatVector.fromArray(S, from, at + p * ld + LANES).intoMemorySegment(to, target + 4 * LANES, ORDER);
            }
        } else {
            for (int p = 0; p < whole; p++) {
                FloatVector.fromArray(S, from, at + p * ld).intoMemorySegment(to, toAt + (long) p * (4 * LANES), ORDER);
            }
        }
        for (int p = whole; p < rows; p++) {
            for (int i = 0; i < Math.min(n, step); i++) {
                to.set(ValueLayout.JAVA_FLOAT, toAt + 4L * (p * step + i), from[at + p * ld + i]);
            }
        }
    }

    private static int whole(int n) {
        return (n + LANES - 1) / LANES * LANES;
    }

    private static int stripAt(int k, int toAt, int j) {
        return toAt + j / NR * NR * k + j % NR;
    }
}
