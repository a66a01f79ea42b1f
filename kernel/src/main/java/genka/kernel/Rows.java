package genka.kernel;

/** Moves rows between a matrix and a list of its rows: tokens to their experts and back. */
public final class Rows {
    private Rows() {}

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
