package genka.model;

/**
 * Sequences of different lengths one after the other, without padding. Row i predicts {@code targets[i]}; -1 is ignored.
 *
 * <p>Answers to one prompt may share its rows: a sequence that goes on does so from the end of the nearest one before it that does not,
 * at the next position, and sees its rows. They all are a group. A sequence from which none goes on is a group of its own.
 *
 * @param sequences how many sequences
 * @param starts [sequences + 1] first row of each sequence; the last entry is the number of rows
 * @param ids [rows] token ids
 * @param targets [rows] the token each row should predict, or -1
 * @param goesOn [sequences] whether a sequence goes on from an earlier one; the first does not
 */
public record TokenBatch(int sequences, int[] starts, int[] ids, int[] targets, boolean[] goesOn) {
    /** Sequences that all begin at position 0. */
    public TokenBatch(int sequences, int[] starts, int[] ids, int[] targets) {
        this(sequences, starts, ids, targets, new boolean[sequences]);
    }

    public int rows() {
        return starts[sequences];
    }

    /** Rows that predict something. */
    int counted() {
        int counted = 0;
        for (int r = 0; r < rows(); r++) {
            counted += targets[r] >= 0 ? 1 : 0;
        }
        return counted;
    }
}
