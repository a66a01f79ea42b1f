package genka.kernel;

import static genka.kernel.Lanes.S;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Softmax of attention scores where query row r sees keys 0..r, forward and backward. The forward leaves out the division (the sums
 * divide the output instead) and keeps one number a row, the logarithm of the sum, from which the backward has the probabilities
 * again (Dao et al. 2022, FlashAttention, arXiv 2205.14135 §3.1). The last vector of a row is masked like all others: with a call of
 * its own for the rest the compiler stops inlining and allocates each vector.
 */
public final class CausalSoftmax {
    private static final FloatVector LANE = lanes();

    private CausalSoftmax() {}

    private static FloatVector lanes() {
        float[] lanes = new float[Lanes.COUNT];
        for (int i = 0; i < lanes.length; i++) {
            lanes[i] = i;
        }
        return FloatVector.fromArray(S, lanes, 0);
    }

    /** Columns up to which a row of {@code width} values is read: whole vectors. */
    private static int wholeVectors(int width) {
        return (width + Lanes.COUNT - 1) / Lanes.COUNT * Lanes.COUNT;
    }

    /**
     * Turns scores of the query rows {@code from..to}, row {@code from} at {@code at}, into exp(scale (score - largest)), 0 from the
     * diagonal to column {@code columns}, a multiple of the lanes.
     *
     * @param inverseSums [to - from] one over the sum of each row
     * @param logSums scale × largest + log of the sum, of row r at {@code logAt + (r - from) * logStep}
     */
    public static void forward(
            int from,
            int to,
            int columns,
            float scale,
            float[] scores,
            int at,
            int ld,
            float[] inverseSums,
            float[] logSums,
            int logAt,
            int logStep) {
        for (int r = from; r < to; r++) {
            int row = at + (r - from) * ld;
            int end = wholeVectors(r + 1);
            FloatVector largest = FloatVector.broadcast(S, Float.NEGATIVE_INFINITY);
            for (int i = 0; i < end; i += Lanes.COUNT) {
                VectorMask<Float> seen = LANE.compare(VectorOperators.LT, (float) (r + 1 - i));
                largest = largest.lanewise(VectorOperators.MAX, FloatVector.fromArray(S, scores, row + i), seen);
            }
            float max = largest.reduceLanes(VectorOperators.MAX);
            FloatVector sums = FloatVector.zero(S);
            for (int i = 0; i < end; i += Lanes.COUNT) {
                VectorMask<Float> seen = LANE.compare(VectorOperators.LT, (float) (r + 1 - i));
                FloatVector e = Exp.of(
                        FloatVector.fromArray(S, scores, row + i).sub(max).mul(scale));
                e = FloatVector.zero(S).blend(e, seen);
                e.intoArray(scores, row + i);
                sums = sums.add(e);
            }
            Arrays.fill(scores, row + end, row + columns, 0);
            float sum = Lanes.sum(sums);
            inverseSums[r - from] = 1 / sum;
            logSums[logAt + (r - from) * logStep] = (float) (scale * max + Math.log(sum));
        }
    }

    /**
     * Turns scores into probabilities p and their gradients dp into those of the scores, scale p (dp - dot), both 0 from the diagonal to
     * column {@code columns}. Rows as in {@link #forward}.
     *
     * @param dots [to - from] Σ p dp of each row, which is the output times its gradient
     */
    public static void backward(
            int from,
            int to,
            int columns,
            float scale,
            float[] scores,
            float[] dp,
            int at,
            int ld,
            float[] logSums,
            int logAt,
            int logStep,
            float[] dots) {
        for (int r = from; r < to; r++) {
            int row = at + (r - from) * ld;
            int end = wholeVectors(r + 1);
            float logSum = logSums[logAt + (r - from) * logStep];
            float dot = dots[r - from];
            for (int i = 0; i < end; i += Lanes.COUNT) {
                VectorMask<Float> seen = LANE.compare(VectorOperators.LT, (float) (r + 1 - i));
                FloatVector p = Exp.of(
                        FloatVector.fromArray(S, scores, row + i).mul(scale).sub(logSum));
                p = FloatVector.zero(S).blend(p, seen);
                FloatVector centred = FloatVector.fromArray(S, dp, row + i).sub(dot);
                p.intoArray(scores, row + i);
                FloatVector.zero(S).blend(p.mul(scale).mul(centred), seen).intoArray(dp, row + i);
            }
            Arrays.fill(scores, row + end, row + columns, 0);
            Arrays.fill(dp, row + end, row + columns, 0);
        }
    }
}
