package genka.kernel;

/** Rotary position embedding of adjacent pairs (x0, x1), (x2, x3) … as DeepSeek rotates them. */
public final class Rotary {
    private Rotary() {}

    /**
     * Rotates in place {@code heads} vectors of {@code 2 pairs} values of each of the rows {@code from..to}; head h of row r starts at
     * {@code at + r * rowStride + h * headStride}. Row r uses line {@code positions[r]} of the tables [position, pairs].
     *
     * @param inverse rotate back (the backward of the rotation)
     */
    public static void rotate(
            int from,
            int to,
            int heads,
            int pairs,
            float[] x,
            int at,
            int rowStride,
            int headStride,
            int[] positions,
            float[] cos,
            float[] sin,
            boolean inverse) {
        for (int r = from; r < to; r++) {
            int table = positions[r] * pairs;
            for (int h = 0; h < heads; h++) {
                int base = at + r * rowStride + h * headStride;
                for (int i = 0; i < pairs; i++) {
                    float c = cos[table + i];
                    float s = inverse ? -sin[table + i] : sin[table + i];
                    float a = x[base + 2 * i];
                    float b = x[base + 2 * i + 1];
                    x[base + 2 * i] = a * c - b * s;
                    x[base + 2 * i + 1] = a * s + b * c;
                }
            }
        }
    }
}
