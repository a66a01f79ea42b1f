package genka.model;

import genka.catalog.MoeSpec;
import java.util.Arrays;

/**
 * Which experts a token goes to, from its affinities. Ties go to the lower index. {@code NOAUX_TC} (V3 report §2.1.2): affinities plus
 * correction bias; a group counts the sum of its best two; dropped groups get -inf. {@code GROUP_LIMITED_GREEDY} (V2 §2.2.2): a group
 * counts its best; dropped groups get 0. Affinities that are not numbers are chosen from last. Not thread-safe: one for each worker.
 */
final class ExpertChoice {
    private final MoeSpec moe;
    private final float[] candidates;
    private final float[] groupScores;

    ExpertChoice(MoeSpec moe) {
        this.moe = moe;
        this.candidates = new float[moe.routedExperts()];
        this.groupScores = new float[moe.groups()];
    }

    /**
     * Puts the chosen experts into {@code chosen} at {@code chosenAt}, in ascending order.
     *
     * @param bias correction bias at {@code biasAt}, read for NOAUX_TC only
     */
    void choose(float[] scores, int scoresAt, float[] bias, int biasAt, int[] chosen, int chosenAt) {
        System.arraycopy(scores, scoresAt, candidates, 0, candidates.length);
        switch (moe.selection()) {
            case GREEDY -> {}
            case NOAUX_TC -> {
                for (int e = 0; e < candidates.length; e++) {
                    candidates[e] += bias[biasAt + e];
                }
                keepBestGroups(Float.NEGATIVE_INFINITY);
            }
            case GROUP_LIMITED_GREEDY -> keepBestGroups(0);
        }
        for (int k = 0; k < moe.expertsPerToken(); k++) {
            int best = best(candidates);
            if (best < 0) {
                // The weights diverged, so any experts will do: the loss says it.
                for (int e = 0; e < moe.expertsPerToken(); e++) {
                    chosen[chosenAt + e] = e;
                }
                return;
            }
            chosen[chosenAt + k] = best;
            candidates[best] = Float.NaN;
        }
        Arrays.sort(chosen, chosenAt, chosenAt + moe.expertsPerToken());
    }

    private void keepBestGroups(float fill) {
        if (moe.keptGroups() >= moe.groups()) {
            return;
        }
        int size = candidates.length / moe.groups();
        for (int g = 0; g < moe.groups(); g++) {
            groupScores[g] = groupScore(g * size, size);
        }
        for (int k = 0; k < moe.keptGroups(); k++) {
            int best = best(groupScores);
            if (best < 0) {
                return;
            }
            groupScores[best] = Float.NaN;
        }
        for (int g = 0; g < moe.groups(); g++) {
            if (!Float.isNaN(groupScores[g])) {
                Arrays.fill(candidates, g * size, (g + 1) * size, fill);
            }
        }
    }

    private float groupScore(int from, int size) {
        float first = Float.NEGATIVE_INFINITY;
        float second = Float.NEGATIVE_INFINITY;
        for (int e = from; e < from + size; e++) {
            float score = candidates[e];
            if (score > first) {
                second = first;
                first = score;
            } else if (score > second) {
                second = score;
            }
        }
        boolean pair = moe.selection() == MoeSpec.Selection.NOAUX_TC && size > 1;
        return pair ? first + second : first;
    }

    /** Index of the largest value; taken ones are NaN. -1 where nothing is left. */
    private static int best(float[] values) {
        int best = -1;
        for (int i = 0; i < values.length; i++) {
            if (!Float.isNaN(values[i]) && (best < 0 || values[i] > values[best])) {
                best = i;
            }
        }
        return best;
    }
}
