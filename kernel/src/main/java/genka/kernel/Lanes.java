package genka.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sums over the lanes of a vector in a fixed order. {@code reduceLanes(ADD)} is not used: the interpreter and the compiler add in
 * different orders.
 */
final class Lanes {
    static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    static final int COUNT = S.length();
    private static final VectorShuffle<Float> SWAP8 = swap(8);
    private static final VectorShuffle<Float> SWAP4 = swap(4);
    private static final VectorShuffle<Float> SWAP2 = swap(2);
    private static final VectorShuffle<Float> SWAP1 = swap(1);
    private static final VectorShuffle<Float> SWAP_HALVES = swap(COUNT / 2);
    private static final VectorMask<Float> UPPER_HALF = S.indexInRange(-COUNT / 2, COUNT / 2);

    private Lanes() {}

    private static VectorShuffle<Float> swap(int bit) {
        return VectorShuffle.fromOp(S, lane -> (lane ^ bit) & (COUNT - 1));
    }

    /** The sum as a tree: lanes that lie half a vector apart, then a quarter, and so on. */
    static float sum(FloatVector v) {
        FloatVector s = v;
        if (COUNT >= 16) {
            s = s.add(s.rearrange(SWAP8));
        }
        if (COUNT >= 8) {
            s = s.add(s.rearrange(SWAP4));
        }
        if (COUNT >= 4) {
            s = s.add(s.rearrange(SWAP2));
        }
        return s.add(s.rearrange(SWAP1)).lane(0);
    }

    /**
     * The sums of two vectors, as the bits of two floats: those of {@code a} in the upper half. One tree takes both: with a second
     * {@link #sum(FloatVector)} in a method the compiler may stop inlining, and then allocates the vector.
     */
    static long sums(FloatVector a, FloatVector b) {
        FloatVector s = a.blend(b, UPPER_HALF).add(b.blend(a, UPPER_HALF).rearrange(SWAP_HALVES));
        if (COUNT >= 16) {
            s = s.add(s.rearrange(SWAP4));
        }
        if (COUNT >= 8) {
            s = s.add(s.rearrange(SWAP2));
        }
        if (COUNT >= 4) {
            s = s.add(s.rearrange(SWAP1));
        }
        return (long) Float.floatToRawIntBits(s.lane(0)) << 32
                | Integer.toUnsignedLong(Float.floatToRawIntBits(s.lane(COUNT / 2)));
    }

    /** The scalar twin of {@link #sum(FloatVector)}; uses up the array. */
    static float sum(float[] lanes) {
        for (int half = lanes.length / 2; half > 0; half /= 2) {
            for (int i = 0; i < half; i++) {
                lanes[i] += lanes[i + half];
            }
        }
        return lanes[0];
    }
}
