package genka.kernel;

import static genka.kernel.Lanes.S;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Log-probabilities of targets under softmax(logits), and the gradient of any sum of them, over rows of [rows, vocab], where row 0
 * would be at {@code logitsAt}. Loops that take exponentials mask every vector, see {@link Exp}.
 */
public final class CrossEntropy {
    private CrossEntropy() {}

    /**
     * For rows {@code from..to}: {@code logProb[r]} = log softmax(logits[r])[targets[r]], 0 where the target is negative (ignored);
     * {@code entropy[r]} of the distribution likewise; {@code logSum[r]} = log of the sum of exponentials, for {@link #gradient}.
     */
    public static void logProbs(
            int from,
            int to,
            int vocab,
            float[] logits,
            int logitsAt,
            int[] targets,
            float[] logProb,
            float[] entropy,
            float[] logSum) {
        for (int r = from; r < to; r++) {
            int at = logitsAt + r * vocab;
            float max = Softmax.max(vocab, logits, at);
            long both = sums(vocab, logits, at, max);
            double sum = Float.intBitsToFloat((int) (both >> 32));
            float weighted = Float.intBitsToFloat((int) both);
            double log = Math.log(sum);
            int target = targets[r];
            logSum[r] = (float) (max + log);
            logProb[r] = target < 0 ? 0 : (float) (logits[at + target] - (double) max - log);
            entropy[r] = target < 0 ? 0 : (float) (log - weighted / sum);
        }
    }

    /** Σ e and Σ e x of e = exp(x), x = logit - max, as the bits of two floats: a method of its own, so that all of it is inlined. */
    private static long sums(int vocab, float[] logits, int at, float max) {
        FloatVector sums = FloatVector.zero(S);
        FloatVector weighted = FloatVector.zero(S);
        for (int i = 0; i < vocab; i += Lanes.COUNT) {
            VectorMask<Float> inside = S.indexInRange(i, vocab);
            FloatVector x = FloatVector.fromArray(S, logits, at + i, inside).sub(max);
            x = x.blend(
                    Exp.LOWEST, x.compare(VectorOperators.LT, Exp.LOWEST)); // an infinite logit times 0 would be NaN
            FloatVector e = FloatVector.zero(S).blend(Exp.of(x), inside);
            sums = sums.add(e);
            weighted = e.fma(x, weighted);
        }
        return Lanes.sums(sums, weighted);
    }

    /** Replaces logits of rows {@code from..to} by weight[r] (onehot(target) - softmax): the gradient of sum weight[r] logProb[r]. Ignored rows become 0. */
    public static void gradient(
            int from, int to, int vocab, float[] logits, int logitsAt, int[] targets, float[] logSum, float[] weight) {
        for (int r = from; r < to; r++) {
            int at = logitsAt + r * vocab;
            float w = weight[r];
            float shift = logSum[r];
            if (targets[r] < 0 || w == 0) {
                Arrays.fill(logits, at, at + vocab, 0);
                continue;
            }
            for (int i = 0; i < vocab; i += Lanes.COUNT) {
                VectorMask<Float> inside = S.indexInRange(i, vocab);
                FloatVector x = FloatVector.fromArray(S, logits, at + i, inside).sub(shift);
                Exp.of(x).mul(-w).intoArray(logits, at + i, inside);
            }
            logits[at + targets[r]] += w;
        }
    }
}
