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
     * @param scores [keys, ld]; those of keys after their query are overwritten
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
            hide(query, 0, seen, scores, c, ld);
            FloatVector most = largest(seen, scores, c, ld).mul(scale);
            most.intoArray(largest, c);
            int to = c / BLOCK * blockStep + c % BLOCK;
            FloatVector sums = FloatVector.zero(S);
            for (int key = 0; key < seen; key++) {
                FloatVector e = Exp.ofAtMost0(FloatVector.fromArray(S, scores, key * ld + c)
                        .mul(scale)
                        .sub(most));
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
     * Makes the scores of one vector of queries, the first of them at position {@code query}, minus infinity for keys after the query: such
     * a key's probability comes out as 0, and no other loop needs a mask. The score of the first key is at {@code at}.
     */
    private static void hide(int query, int fromKey, int toKey, float[] scores, int at, int ld) {
        for (int key = Math.max(fromKey, query + 1); key < toKey; key++) {
            int i = at + (key - fromKey) * ld;
            VectorMask<Float> sees = LANE.compare(VectorOperators.GE, (float) (key - query));
            FloatVector.broadcast(S, Float.NEGATIVE_INFINITY)
                    .blend(FloatVector.fromArray(S, scores, i), sees)
                    .intoArray(scores, i);
        }
    }

    private static FloatVector largest(int keys, float[] scores, int at, int ld) {
        FloatVector even = FloatVector.broadcast(S, Float.NEGATIVE_INFINITY);
        FloatVector odd = even;
        int key = 0;
        for (; key + 1 < keys; key += 2) {
            FloatVector x = FloatVector.fromArray(S, scores, at + key * ld);
            FloatVector y = FloatVector.fromArray(S, scores, at + key * ld + ld);
            even = even.blend(x, x.compare(VectorOperators.GT, even));
            odd = odd.blend(y, y.compare(VectorOperators.GT, odd));
        }
        if (key < keys) {
            FloatVector x = FloatVector.fromArray(S, scores, at + key * ld);
            even = even.blend(x, x.compare(VectorOperators.GT, even));
        }
        return even.blend(odd, odd.compare(VectorOperators.GT, even));
    }

    /**
     * Turns scores into probabilities p and their gradients dp into those of the scores, scale p (dp - dot), both 0 (of either sign) for keys after
     * the query. Arrays by query begin with the query {@code from}, columns of scores and dp with the query {@code from + skipped}.
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
        for (int c = skipped; c < count; c += Lanes.COUNT) {
            int at = c - skipped;
            hide(from + c, fromKey, toKey, scores, at, ld);
            int to = c / BLOCK * blockStep + c % BLOCK;
            FloatVector most = FloatVector.fromArray(S, largest, c);
            FloatVector inverse = FloatVector.fromArray(S, inverseSums, c);
            FloatVector dot = FloatVector.fromArray(S, dots, c);
            for (int key = fromKey; key < toKey; key++) {
                int i = at + (key - fromKey) * ld;
                FloatVector p = Exp.ofAtMost0(
                                FloatVector.fromArray(S, scores, i).mul(scale).sub(most))
                        .mul(inverse);
                FloatVector gradient =
                        p.mul(scale).mul(FloatVector.fromArray(S, dp, i).sub(dot));
                p.intoArray(scores, i);
                gradient.intoArray(dp, i);
                gradient.intoArray(blocks, to + key * BLOCK);
            }
        }
    }
}
