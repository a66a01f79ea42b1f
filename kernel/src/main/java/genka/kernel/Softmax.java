package genka.kernel;

import static genka.kernel.Lanes.S;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** Softmax over rows, in place, and its parts. */
public final class Softmax {
    private Softmax() {}

    /** p = softmax(scale x) over the first {@code width} values at {@code at}; scale is positive. */
    public static void row(int width, float scale, float[] x, int at) {
        Vectors.scale(width, 1 / weights(width, scale, x, at), x, at);
    }

    /** x = exp(scale (x − the largest x)), so in proportion to softmax(scale x); returns their sum. */
    public static float weights(int width, float scale, float[] x, int at) {
        float max = max(width, x, at);
        for (int i = 0; i < width; i += Lanes.COUNT) {
            VectorMask<Float> inside = S.indexInRange(i, width);
            Exp.ofAtMost0(FloatVector.fromArray(S, x, at + i, inside).sub(max).mul(scale))
                    .intoArray(x, at + i, inside);
        }
        return sum(width, x, at);
    }

    /** A method of its own: in {@link #weights} the compiler is past its limit of nodes here, and would make objects of vectors. */
    private static float sum(int width, float[] x, int at) {
        FloatVector sums = FloatVector.zero(S);
        int whole = S.loopBound(width);
        for (int i = 0; i < whole; i += Lanes.COUNT) {
            sums = FloatVector.fromArray(S, x, at + i).add(sums);
        }
        if (whole < width) {
            VectorMask<Float> rest = S.indexInRange(whole, width);
            sums = FloatVector.fromArray(S, x, at + whole, rest).add(sums);
        }
        return Lanes.sum(sums);
    }

    /** log Σ exp(scale x) over the first {@code width} values at {@code at}; scale is positive. */
    public static double logSum(int width, float scale, float[] x, int at) {
        float max = max(width, x, at);
        return (double) scale * max + Math.log(sumOfWeights(width, scale, max, x, at));
    }

    private static float sumOfWeights(int width, float scale, float max, float[] x, int at) {
        FloatVector sums = FloatVector.zero(S);
        for (int i = 0; i < width; i += Lanes.COUNT) {
            VectorMask<Float> inside = S.indexInRange(i, width);
            FloatVector shifted = FloatVector.fromArray(S, x, at + i, inside).sub(max);
            FloatVector e = Exp.ofAtMost0(shifted.mul(scale));
            sums = FloatVector.zero(S).blend(e, inside).add(sums);
        }
        return Lanes.sum(sums);
    }

    /** The largest of the values; negative infinity when there are none. */
    public static float max(int width, float[] x, int at) {
        FloatVector max = FloatVector.broadcast(S, Float.NEGATIVE_INFINITY);
        int whole = S.loopBound(width);
        for (int i = 0; i < whole; i += Lanes.COUNT) {
            // Not max.max(...): of a value that goes round a loop the compiler knows no class, so it would call and
            // allocate.
            max = FloatVector.fromArray(S, x, at + i).max(max);
        }
        if (whole < width) {
            VectorMask<Float> rest = S.indexInRange(whole, width);
            max = max.lanewise(VectorOperators.MAX, FloatVector.fromArray(S, x, at + whole, rest), rest);
        }
        return max.reduceLanes(VectorOperators.MAX);
    }
}
