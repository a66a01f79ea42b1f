package genka.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Copies rows, and narrow strips of columns, to where they lie close together. */
final class Strips {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = S.length();

    /** Rows copied at a time when strips lie side by side, so that the cache lines they share are still in the first cache. */
    static final int ROWS = 32;

    private Strips() {}

    /** to[toAt + i * step + p] = from[at + i * ld + p] for i in 0..rows, p in 0..k. */
    static void copyRows(int rows, int k, float[] from, int at, int ld, float[] to, int toAt, int step) {
        int whole = S.loopBound(k);
        for (int i = 0; i < rows; i++) {
            int source = at + i * ld;
            int target = toAt + i * step;
            for (int p = 0; p < whole; p += LANES) {
                FloatVector.fromArray(S, from, source + p).intoArray(to, target + p);
            }
            for (int p = whole; p < k; p++) {
                to[target + p] = from[source + p];
            }
        }
    }

    /**
     * to[toAt + p * step + i] = from[at + p * ld + i] for i in 0..width (at most the lanes), p in 0..k. Writes whole vectors in the
     * order of p, as {@link Transpose#strip} does.
     */
    static void copy(int width, int k, float[] from, int at, int ld, float[] to, int toAt, int step) {
        int whole = k;
        while (whole > 0 && at + (whole - 1) * ld + LANES > from.length) {
            whole--; // a whole vector would read past the end
        }
        for (int p = 0; p < whole; p++) {
            FloatVector.fromArray(S, from, at + p * ld).intoArray(to, toAt + p * step);
        }
        for (int p = whole; p < k; p++) {
            for (int i = 0; i < width; i++) {
                to[toAt + p * step + i] = from[at + p * ld + i];
            }
        }
    }
}
