package genka.kernel;

import static genka.kernel.Lanes.S;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Softmax of attention scores [keys, queries], where a query sees the keys up to its own position, forward and backward. The forward
 * keeps two numbers a query, from which the backward has the probabilities again (Dao et al. 2022, FlashAttention, arXiv 2205.14135
 * §3.1). What is multiplied by columns afterwards is written as {@link SerialGemm#columnBlock} reads it: blocks of queries, {@code
 * blockStep} values apart, with a row for each key.
 */
public final class CausalSoftmax {
    private static final int BLOCK = SerialGemm.COLUMN_BLOCK;
    private static final FloatVector LANE = lanes();

    private CausalSoftmax() {}

    private static FloatVector lanes() {
        float[] lanes = new float[Lanes.COUNT];
        for (int i = 0; i < lanes.length; i++) {
            lanes[i] = i;
        }
        return FloatVector.fromArray(S, lanes, 0);
    }

    /**
     * The probabilities of keys, 0 for those after the query: for each block of queries of the keys up to its last query.
     *
     * @param from position of the first query
     * @param count queries; up to whole vectors more are computed
     * @param keys up to the last query
     * @param scores [keys, ld]
     * @param blocks out
     * @param largest [count] out: scale × the largest score of the query
     * @param inverseSums [count] out: one over the sum of exp(scale × score - largest)
     */
    public static void forward(
            int from,
            int count,
            int keys,
            float scale,
            float[] scores,
            int ld,
            float[] blocks,
            int blockStep,
            float[] largest,
            float[] inverseSums) {
        for (int c = 0; c < count; c += Lanes.COUNT) {
            int query = from + c;
            int seen = Math.min(keys, from + (c / BLOCK + 1) * BLOCK);
            FloatVector most = FloatVector.broadcast(S, Float.NEGATIVE_INFINITY);
            for (int key = 0; key < seen; key++) {
                VectorMask<Float> sees = LANE.compare(VectorOperators.GE, (float) (key - query));
                most = most.lanewise(VectorOperators.MAX, FloatVector.fromArray(S, scores, key * ld + c), sees);
            }
            most = most.mul(scale);
            most.intoArray(largest, c);
            int to = c / BLOCK * blockStep + c % BLOCK;
            FloatVector sums = FloatVector.zero(S);
            for (int key = 0; key < seen; key++) {
                VectorMask<Float> sees = LANE.compare(VectorOperators.GE, (float) (key - query));
                FloatVector e = Exp.of(FloatVector.fromArray(S, scores, key * ld + c)
                        .mul(scale)
                        .sub(most));
                e = FloatVector.zero(S).blend(e, sees);
                e.intoArray(blocks, to + key * BLOCK);
                sums = sums.add(e);
            }
            FloatVector inverse = FloatVector.broadcast(S, 1).div(sums);
            inverse.intoArray(inverseSums, c);
            for (int key = 0; key < seen; key++) {
                FloatVector.fromArray(S, blocks, to + key * BLOCK).mul(inverse).intoArray(blocks, to + key * BLOCK);
            }
        }
    }

    /**
     * Turns scores into probabilities p and their gradients dp into those of the scores, scale p (dp - dot), both 0 for keys after the
     * query. Arrays by query begin with the query {@code from}, columns of scores and dp with the query {@code from + skipped}.
     *
     * @param fromKey the first key
     * @param toKey one after the last key
     * @param from position of the first query
     * @param skipped queries left out, whole blocks of them
     * @param count queries, with those left out
     * @param scores [keys, ld] in and out, as is {@code dp}
     * @param blocks out: the gradients of the scores once more
     * @param largest by query, from the forward, as is {@code inverseSums}
     * @param dots by query: Σ p dp, which is the output times its gradient
     */
    public static void backward(
            int fromKey,
            int toKey,
            int from,
            int skipped,
            int count,
            float scale,
            float[] scores,
            float[] dp,
            int ld,
            float[] blocks,
            int blockStep,
            float[] largest,
            float[] inverseSums,
            float[] dots) {
        for (int key = fromKey; key < toKey; key++) {
            int row = (key - fromKey) * ld - skipped;
            for (int c = skipped; c < count; c += Lanes.COUNT) {
                VectorMask<Float> sees = LANE.compare(VectorOperators.GE, (float) (key - from - c));
                FloatVector p = Exp.of(
                        FloatVector.fromArray(S, scores, row + c).mul(scale).sub(FloatVector.fromArray(S, largest, c)));
                p = FloatVector.zero(S).blend(p.mul(FloatVector.fromArray(S, inverseSums, c)), sees);
                FloatVector centred = FloatVector.fromArray(S, dp, row + c).sub(FloatVector.fromArray(S, dots, c));
                FloatVector gradient = FloatVector.zero(S).blend(p.mul(scale).mul(centred), sees);
                p.intoArray(scores, row + c);
                gradient.intoArray(dp, row + c);
                gradient.intoArray(blocks, c / BLOCK * blockStep + key * BLOCK + c % BLOCK);
            }
        }
    }
}
