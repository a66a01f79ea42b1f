package genka.generate;

/**
 * The tokens that top-k, top-p and min-p leave, most likely first. A heap gives them in order one by one, so the cost beyond one pass
 * over the vocabulary is that of what is kept.
 */
final class Ranking {
    /** Heap at 0..live-1; what was taken out lies behind it in reverse: rank i at length - 1 - i. */
    private final long[] keys;

    private final double[] weights;
    private int vocab;
    private double total;

    Ranking(int vocab) {
        keys = new long[vocab];
        weights = new double[vocab];
    }

    /** Ranks {@code scores[0 .. vocab - 1]} and returns how many tokens are left; at least one. */
    int keep(float[] scores, int vocab, Sampling sampling) {
        this.vocab = vocab;
        float temperature = (float) sampling.temperature();
        for (int i = 0; i < vocab; i++) {
            float score = scores[i] / temperature;
            if (Float.isNaN(score)) {
                throw Sampler.notFinite();
            }
            scores[i] = score;
            keys[i] = key(score, i);
        }
        for (int i = vocab / 2 - 1; i >= 0; i--) {
            sift(i, vocab);
        }
        float max = scores[(int) ~keys[0]];
        int ranked = 0;
        int limit = vocab;
        if (sampling.topK() > 0 && sampling.topK() < vocab) {
            ranked = takeTopK(scores, sampling.topK(), max);
            limit = ranked;
        }
        return cut(scores, max, ranked, limit, sampling);
    }

    private int takeTopK(float[] scores, int k, float max) {
        int ranked = 0;
        while (ranked < vocab) {
            if (ranked >= k && scores[(int) ~keys[0]] < scores[id(ranked - 1)]) {
                break;
            }
            take(ranked, scores, max);
            ranked++;
        }
        return ranked;
    }

    /** Applies top-p, then min-p, to the {@code limit} most likely tokens, of which {@code ranked} are taken already. */
    private int cut(float[] scores, float max, int ranked, int limit, Sampling sampling) {
        double reach = Double.POSITIVE_INFINITY;
        if (sampling.topP() < 1) {
            reach = sampling.topP() * sum(scores, max, ranked, limit);
        }
        int kept = 0;
        total = 0;
        while (kept < limit && total < reach) {
            if (kept >= ranked) {
                take(kept, scores, max);
                ranked++;
            }
            if ((kept > 0 && weights[kept] < sampling.minP()) || weights[kept] == 0) {
                break;
            }
            total += weights[kept];
            kept++;
        }
        return kept;
    }

    private double sum(float[] scores, float max, int ranked, int limit) {
        double sum = 0;
        if (ranked == limit) {
            for (int i = 0; i < ranked; i++) {
                sum += weights[i];
            }
        } else {
            for (int i = 0; i < limit; i++) {
                sum += Math.exp(scores[i] - max);
            }
        }
        return sum;
    }

    /** Moves the best of the heap to rank {@code rank}; the heap then has vocab - rank - 1 entries. */
    private void take(int rank, float[] scores, float max) {
        int last = vocab - 1 - rank;
        long best = keys[0];
        keys[0] = keys[last];
        keys[last] = best;
        sift(0, last);
        weights[rank] = Math.exp(scores[(int) ~best] - max);
    }

    int id(int rank) {
        return (int) ~keys[vocab - 1 - rank];
    }

    /** exp of the score less the largest, for a rank that was kept. */
    double weight(int rank) {
        return weights[rank];
    }

    /** Sum of the kept weights. */
    double total() {
        return total;
    }

    /** Larger for a larger score, then for a lower id. */
    private static long key(float score, int id) {
        int bits = Float.floatToRawIntBits(score + 0f);
        int ordered = bits ^ ((bits >> 31) & 0x7fffffff);
        return (long) ordered << 32 | (~id & 0xffffffffL);
    }

    private void sift(int at, int size) {
        long moved = keys[at];
        int hole = at;
        while (2 * hole + 1 < size) {
            int child = 2 * hole + 1;
            if (child + 1 < size && keys[child + 1] > keys[child]) {
                child++;
            }
            if (keys[child] <= moved) {
                break;
            }
            keys[hole] = keys[child];
            hole = child;
        }
        keys[hole] = moved;
    }
}
