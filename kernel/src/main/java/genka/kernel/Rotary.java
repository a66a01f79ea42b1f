package genka.kernel;

import static genka.kernel.Lanes.S;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/** Rotary position embedding (Su et al. 2021) of adjacent pairs (x0, x1), (x2, x3) … as DeepSeek rotates them. */
public final class Rotary {
    private static final VectorShuffle<Float> PARTNER = VectorShuffle.fromOp(S, lane -> lane ^ 1);
    private static final VectorShuffle<Float> TWICE = VectorShuffle.fromOp(S, lane -> lane / 2);
    /** -1 on the first of each pair, 1 on the second. */
    private static final FloatVector SIGN = signs();

    private Rotary() {}

    private static FloatVector signs() {
        float[] signs = new float[Lanes.COUNT];
        for (int i = 0; i < signs.length; i++) {
            signs[i] = i % 2 == 0 ? -1 : 1;
        }
        return FloatVector.fromArray(S, signs, 0);
    }

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
        float direction = inverse ? -1 : 1;
        for (int r = from; r < to; r++) {
            int table = positions[r] * pairs;
            int row = at + r * rowStride;
            for (int i = 0; i < 2 * pairs; i += Lanes.COUNT) {
                VectorMask<Float> present = S.indexInRange(i, 2 * pairs);
                VectorMask<Float> half = S.indexInRange(i / 2, Math.min(pairs, i / 2 + Lanes.COUNT / 2));
                FloatVector c =
                        FloatVector.fromArray(S, cos, table + i / 2, half).rearrange(TWICE);
                FloatVector s = FloatVector.fromArray(S, sin, table + i / 2, half)
                        .rearrange(TWICE)
                        .mul(SIGN)
                        .mul(direction);
                for (int h = 0; h < heads; h++) {
                    int start = row + h * headStride + i;
                    FloatVector v = FloatVector.fromArray(S, x, start, present);
                    v.rearrange(PARTNER).fma(s, v.mul(c)).intoArray(x, start, present);
                }
            }
        }
    }
}
