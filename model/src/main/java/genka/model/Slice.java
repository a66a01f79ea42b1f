package genka.model;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** One slice of a batch at a time, in arrays of its own, with its terms of the loss: see {@link Slices}. */
final class Slice {
    private final int[] ids = new int[RaggedRows.BLOCK];
    private final int[] targets = new int[RaggedRows.BLOCK];
    private final LossTerms terms = new LossTerms();
    private int[] starts = {0};
    private boolean[] goesOn = {};
    private @Nullable TokenBatch[] batches = {};
    private int sequences;
    private int copied;

    Slice() {
        terms.weight = new float[RaggedRows.BLOCK];
    }

    /** The sequences {@code from..to}, after a copy of the one that the first of them goes on from: its rows do not count here. */
    void of(TokenBatch batch, LossTerms whole, int from, int to) {
        reserve(to - from + 1);
        sequences = 0;
        copied = 0;
        if (batch.goesOn()[from]) {
            int origin = from - 1;
            while (batch.goesOn()[origin]) {
                origin--;
            }
            append(batch, whole, origin);
            copied = starts[1];
            Arrays.fill(targets, 0, copied, -1);
        }
        for (int s = from; s < to; s++) {
            append(batch, whole, s);
        }
        terms.factor = whole.factor;
        terms.mtp = whole.mtp;
        terms.balance = whole.balance * ((double) (to - from) / batch.sequences());
    }

    private void reserve(int most) {
        if (batches.length <= most) {
            starts = new int[2 * most + 1];
            goesOn = new boolean[starts.length];
            batches = new TokenBatch[starts.length];
        }
    }

    private void append(TokenBatch batch, LossTerms whole, int sequence) {
        int from = batch.starts()[sequence];
        int length = batch.starts()[sequence + 1] - from;
        int at = starts[sequences];
        System.arraycopy(batch.ids(), from, ids, at, length);
        System.arraycopy(batch.targets(), from, targets, at, length);
        System.arraycopy(whole.weight, from, terms.weight, at, length);
        goesOn[sequences] = batch.goesOn()[sequence];
        sequences++;
        starts[sequences] = at + length;
    }

    /** One object for each number of sequences. */
    TokenBatch batch() {
        TokenBatch batch = batches[sequences];
        if (batch == null) {
            batch = new TokenBatch(sequences, starts, ids, targets, goesOn);
            batches[sequences] = batch;
        }
        return batch;
    }

    LossTerms terms() {
        return terms;
    }

    /** Rows before those of the slice's own sequences. */
    int copied() {
        return copied;
    }
}
