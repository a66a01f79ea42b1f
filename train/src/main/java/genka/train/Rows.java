package genka.train;

import genka.model.TokenBatch;
import java.util.Arrays;

/** A batch being put together: sequences one after the other in arrays that are kept and grow on demand. */
final class Rows {
    private int sequences;
    private int[] starts = new int[64];
    private int[] ids = new int[4096];
    private int[] targets = new int[4096];
    private boolean[] goesOn = new boolean[64];
    private int[] sliceStarts = new int[64];
    private int[] sliceIds = new int[0];
    private int[] sliceTargets = new int[0];

    void clear() {
        sequences = 0;
        starts[0] = 0;
    }

    int sequences() {
        return sequences;
    }

    int rows() {
        return starts[sequences];
    }

    /** First row of a sequence. */
    int start(int sequence) {
        return starts[sequence];
    }

    /** How many rows count in the loss. */
    int counted() {
        int counted = 0;
        for (int i = 0; i < rows(); i++) {
            counted += targets[i] >= 0 ? 1 : 0;
        }
        return counted;
    }

    /** Adds a sequence of {@code length} tokens as length - 1 rows; tokens before {@code lossFrom} are not predicted. */
    void add(int[] tokens, int from, int length, int lossFrom) {
        int at = rows();
        reserve(at + length);
        for (int i = 0; i + 1 < length; i++) {
            ids[at + i] = tokens[from + i];
            targets[at + i] = i + 1 >= lossFrom ? tokens[from + i + 1] : -1;
        }
        close(at + length - 1, false);
    }

    /** Adds {@code head} then {@code tail} as one sequence; with {@code tailOnly} only the tail is predicted. */
    void add(int[] head, int[] tail, boolean tailOnly) {
        int length = head.length + tail.length;
        int at = rows();
        reserve(at + length);
        int lossFrom = tailOnly ? head.length : 1;
        for (int i = 0; i + 1 < length; i++) {
            int next = i + 1 < head.length ? head[i + 1] : tail[i + 1 - head.length];
            ids[at + i] = i < head.length ? head[i] : tail[i - head.length];
            targets[at + i] = i + 1 >= lossFrom ? next : -1;
        }
        close(at + length - 1, false);
    }

    /** Adds what the next {@link #addAnswer answers} share: the prompt without its last token, which predicts other tokens in each. */
    void addPrompt(int[] prompt) {
        int at = rows();
        int length = prompt.length - 1;
        reserve(at + length);
        System.arraycopy(prompt, 0, ids, at, length);
        Arrays.fill(targets, at, at + length, -1);
        close(at + length, false);
    }

    /** Adds an answer that goes on from the last {@link #addPrompt prompt}. */
    void addAnswer(int[] prompt, int[] answer) {
        int at = rows();
        reserve(at + answer.length);
        for (int i = 0; i < answer.length; i++) {
            ids[at + i] = i == 0 ? prompt[prompt.length - 1] : answer[i - 1];
            targets[at + i] = answer[i];
        }
        close(at + answer.length, true);
    }

    /** All sequences as a batch; it shares arrays that the next clear overwrites. */
    TokenBatch all() {
        return new TokenBatch(sequences, starts, ids, targets, goesOn);
    }

    /** The sequences from..to, of which none goes on from another, as a batch; it shares arrays that the next slice or clear overwrites. */
    TokenBatch slice(int from, int to) {
        if (from == 0 && to == sequences) {
            return all();
        }
        int first = starts[from];
        int rows = starts[to] - first;
        if (sliceIds.length < rows) {
            sliceIds = new int[rows * 3 / 2];
            sliceTargets = new int[rows * 3 / 2];
        }
        if (sliceStarts.length <= to - from) {
            sliceStarts = new int[(to - from) * 3 / 2 + 1];
        }
        for (int i = from; i <= to; i++) {
            sliceStarts[i - from] = starts[i] - first;
        }
        System.arraycopy(ids, first, sliceIds, 0, rows);
        System.arraycopy(targets, first, sliceTargets, 0, rows);
        return new TokenBatch(to - from, sliceStarts, sliceIds, sliceTargets);
    }

    private void reserve(int rows) {
        if (ids.length < rows) {
            ids = Arrays.copyOf(ids, rows * 3 / 2);
            targets = Arrays.copyOf(targets, rows * 3 / 2);
        }
        if (starts.length <= sequences + 1) {
            starts = Arrays.copyOf(starts, starts.length * 2);
            goesOn = Arrays.copyOf(goesOn, starts.length);
        }
    }

    private void close(int end, boolean on) {
        goesOn[sequences] = on;
        sequences++;
        starts[sequences] = end;
    }
}
