package genka.model;

import genka.catalog.MoeSpec;

/**
 * Sequence-wise balance loss (V3 report §2.1.2, equations 17–20): the mean over sequences of Σ_i f_i P_i, with f_i the share of tokens
 * that chose expert i times experts / experts per token, and P_i the mean of the affinity normalised over all experts.
 */
final class BalanceLoss {
    private float[] frequencies = {};
    private float[] means = {};

    double value(RaggedRows rows, MoeSpec moe, float[] scores, int[] indices, double weight) {
        double sum = 0;
        for (int s = 0; s < rows.sequences(); s++) {
            measure(rows, s, moe, scores, indices);
            for (int e = 0; e < moe.routedExperts(); e++) {
                sum += (double) frequencies[e] * means[e];
            }
        }
        return weight * sum / Math.max(1, rows.sequences());
    }

    /** Adds to dScores [rows, experts]; the choice has no gradient. */
    void addGradient(RaggedRows rows, MoeSpec moe, float[] scores, int[] indices, double weight, float[] dScores) {
        int experts = moe.routedExperts();
        for (int s = 0; s < rows.sequences(); s++) {
            measure(rows, s, moe, scores, indices);
            float scale = (float) (weight / ((double) rows.sequences() * rows.length(s)));
            for (int r = rows.start(s); r < rows.start(s) + rows.length(s); r++) {
                float sum = sum(scores, r * experts, experts);
                float dot = 0;
                for (int e = 0; e < experts; e++) {
                    dot += frequencies[e] * scores[r * experts + e];
                }
                for (int e = 0; e < experts; e++) {
                    dScores[r * experts + e] += scale * (frequencies[e] - dot / sum) / sum;
                }
            }
        }
    }

    private void measure(RaggedRows rows, int sequence, MoeSpec moe, float[] scores, int[] indices) {
        int experts = moe.routedExperts();
        int chosen = moe.expertsPerToken();
        int length = rows.length(sequence);
        frequencies = Workspace.room(frequencies, experts);
        means = Workspace.room(means, experts);
        java.util.Arrays.fill(frequencies, 0, experts, 0);
        java.util.Arrays.fill(means, 0, experts, 0);
        for (int r = rows.start(sequence); r < rows.start(sequence) + length; r++) {
            float sum = sum(scores, r * experts, experts);
            for (int e = 0; e < experts; e++) {
                means[e] += scores[r * experts + e] / sum / length;
            }
            for (int k = r * chosen; k < (r + 1) * chosen; k++) {
                frequencies[indices[k]] += (float) experts / ((float) chosen * length);
            }
        }
    }

    private static float sum(float[] x, int at, int width) {
        float sum = 0;
        for (int i = at; i < at + width; i++) {
            sum += x[i];
        }
        return sum;
    }
}
