package genka.model;

import genka.catalog.MoeSpec;

/** The (token, expert) pairs of a batch sorted by expert, tokens ascending, cut into chunks that do not cross experts. */
final class ExpertLists {
    private int pairs;
    private int[] starts = {};
    private int[] next = {};
    private int[] tokens = {};
    private int[] pairOf = {};
    private int[] choiceOf = {};
    private int chunks;
    private int[] chunkExpert = {};
    private int[] chunkFrom = {};
    private int[] chunkTo = {};

    /** From the chosen experts [rows, experts per token]. */
    void sort(int rows, MoeSpec moe, int[] indices, int chunk) {
        int experts = moe.routedExperts();
        int chosen = moe.expertsPerToken();
        pairs = Math.multiplyExact(rows, chosen);
        starts = Workspace.room(starts, experts + 1L);
        next = Workspace.room(next, experts);
        tokens = Workspace.room(tokens, pairs);
        pairOf = Workspace.room(pairOf, pairs);
        choiceOf = Workspace.room(choiceOf, pairs);
        java.util.Arrays.fill(starts, 0, experts + 1, 0);
        for (int k = 0; k < pairs; k++) {
            starts[indices[k] + 1]++;
        }
        for (int e = 0; e < experts; e++) {
            starts[e + 1] += starts[e];
            next[e] = starts[e];
        }
        for (int k = 0; k < pairs; k++) {
            int pair = next[indices[k]]++;
            tokens[pair] = k / chosen;
            pairOf[k] = pair;
            choiceOf[pair] = k;
        }
        cut(experts, chunk);
    }

    private void cut(int experts, int chunk) {
        long most = (long) pairs / chunk + experts;
        chunkExpert = Workspace.room(chunkExpert, most);
        chunkFrom = Workspace.room(chunkFrom, most);
        chunkTo = Workspace.room(chunkTo, most);
        chunks = 0;
        for (int e = 0; e < experts; e++) {
            for (int from = starts[e]; from < starts[e + 1]; from += chunk) {
                chunkExpert[chunks] = e;
                chunkFrom[chunks] = from;
                chunkTo[chunks] = Math.min(starts[e + 1], from + chunk);
                chunks++;
            }
        }
    }

    int pairs() {
        return pairs;
    }

    /** Where the pairs of an expert begin. */
    int first(int expert) {
        return starts[expert];
    }

    int count(int expert) {
        return starts[expert + 1] - starts[expert];
    }

    /** [pairs] the token of each pair. */
    int[] tokens() {
        return tokens;
    }

    /** The place of choice {@code k} = row × experts per token + j among the pairs. */
    int pair(int k) {
        return pairOf[k];
    }

    /** The choice that a pair comes from: the other way round. */
    int choice(int pair) {
        return choiceOf[pair];
    }

    int chunks() {
        return chunks;
    }

    int expert(int chunk) {
        return chunkExpert[chunk];
    }

    int from(int chunk) {
        return chunkFrom[chunk];
    }

    int to(int chunk) {
        return chunkTo[chunk];
    }
}
