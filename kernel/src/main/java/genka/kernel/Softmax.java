package genka.kernel;

import static genka.kernel.Lanes.S;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** Softmax over rows, in place. */
public final class Softmax {
    private Softmax() {}

    /** p = softmax(scale x) over the first {@code width} values at {@code at}; scale is positive. */
    public static void row(int width, float scale, float[] x, int at) {
        float max = max(width, x, at);
        FloatVector sums = FloatVector.zero(S);
        int whole = S.loopBound(width);
        for (int i = 0; i < whole; i += Lanes.COUNT) {
            FloatVector e = Exp.of(FloatVector.fromArray(S, x, at + i).sub(max).mul(scale));
            e.intoArray(x, at + i);
            sums = sums.add(e);
        }
        if (whole < width) {
            VectorMask<Float> rest = S.indexInRange(whole, width);
            FloatVector e = Exp.of(
                    FloatVector.fromArray(S, x, at + whole, rest).sub(max).mul(scale));
            e.intoArray(x, at + whole, rest);
            sums = sums.add(e, rest);
        }
        Vectors.scale(width, 1 / Lanes.sum(sums), x, at);
    }

    /** The largest of the values; negative infinity when there are none. */
    static float max(int width, float[] x, int at) {
        FloatVector max = FloatVector.broadcast(S, Float.NEGATIVE_INFINITY);
        int whole = S.loopBound(width);
        for (int i = 0; i < whole; i += Lanes.COUNT) {
            max = max.max(FloatVector.fromArray(S, x, at + i));
        }
        if (whole < width) {
            VectorMask<Float> rest = S.indexInRange(whole, width);
            max = max.lanewise(VectorOperators.MAX, FloatVector.fromArray(S, x, at + whole, rest), rest);
        }
        return max.reduceLanes(VectorOperators.MAX);
    }

    /** Causal rows: row r of an [rows, ld] square keeps its first r + 1 values (softmax of scale x) and sets the rest to 0. */
    public static void causal(int rows, float scale, float[] x, int at, int ld) {
        for (int r = 0; r < rows; r++) {
            row(r + 1, scale, x, at + r * ld);
            Arrays.fill(x, at + r * ld + r + 1, at + r * ld + rows, 0);
        }
    }

    /** dx = scale p (dp - sum(p dp)) in place of dp, on causal rows: the values above the diagonal become 0. */
    public static void causalBackward(int rows, float scale, float[] p, int pAt, float[] dp, int dpAt, int ld) {
        for (int r = 0; r < rows; r++) {
            rowBackward(r + 1, scale, p, pAt + r * ld, dp, dpAt + r * ld);
            Arrays.fill(dp, dpAt + r * ld + r + 1, dpAt + r * ld + rows, 0);
        }
    }

    private static void rowBackward(int width, float scale, float[] p, int pAt, float[] dp, int dpAt) {
        float dot = Vectors.dot(width, p, pAt, dp, dpAt);
        int whole = S.loopBound(width);
        for (int i = 0; i < whole; i += Lanes.COUNT) {
            FloatVector centred = FloatVector.fromArray(S, dp, dpAt + i).sub(dot);
            FloatVector.fromArray(S, p, pAt + i).mul(scale).mul(centred).intoArray(dp, dpAt + i);
        }
        if (whole < width) {
            VectorMask<Float> rest = S.indexInRange(whole, width);
            FloatVector centred =
                    FloatVector.fromArray(S, dp, dpAt + whole, rest).sub(dot);
            FloatVector.fromArray(S, p, pAt + whole, rest)
                    .mul(scale)
                    .mul(centred)
                    .intoArray(dp, dpAt + whole, rest);
        }
    }
}
