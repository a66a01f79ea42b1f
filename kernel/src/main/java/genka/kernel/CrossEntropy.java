package genka.kernel;

/** Log-probabilities of targets under softmax(logits), and the gradient of any sum of them, over rows of [rows, vocab]. */
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
            int[] targets,
            float[] logProb,
            float[] entropy,
            float[] logSum) {
        for (int r = from; r < to; r++) {
            int at = r * vocab;
            float max = Float.NEGATIVE_INFINITY;
            for (int i = 0; i < vocab; i++) {
                max = Math.max(max, logits[at + i]);
            }
            double sum = 0;
            double weighted = 0;
            for (int i = 0; i < vocab; i++) {
                double e = Math.exp(logits[at + i] - max);
                sum += e;
                weighted += e * (logits[at + i] - max);
            }
            double log = Math.log(sum);
            logSum[r] = (float) (max + log);
            logProb[r] = targets[r] < 0 ? 0 : (float) (logits[at + targets[r]] - max - log);
            entropy[r] = targets[r] < 0 ? 0 : (float) (log - weighted / sum);
        }
    }

    /** Replaces logits of rows {@code from..to} by weight[r] (onehot(target) - softmax): the gradient of sum weight[r] logProb[r]. Ignored rows become 0. */
    public static void gradient(
            int from, int to, int vocab, float[] logits, int[] targets, float[] logSum, float[] weight) {
        for (int r = from; r < to; r++) {
            int at = r * vocab;
            if (targets[r] < 0 || weight[r] == 0) {
                java.util.Arrays.fill(logits, at, at + vocab, 0);
                continue;
            }
            for (int i = 0; i < vocab; i++) {
                logits[at + i] = -weight[r] * (float) Math.exp(logits[at + i] - logSum[r]);
            }
            logits[at + targets[r]] += weight[r];
        }
    }
}
