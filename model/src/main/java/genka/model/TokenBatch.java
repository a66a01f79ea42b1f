package genka.model;

/**
 * Sequences of different lengths one after the other, without padding. Row i predicts {@code targets[i]}; -1 is ignored.
 *
 * @param sequences how many sequences
 * @param starts [sequences + 1] first row of each sequence; the last entry is the number of rows
 * @param ids [rows] token ids
 * @param targets [rows] the token each row should predict, or -1
 */
public record TokenBatch(int sequences, int[] starts, int[] ids, int[] targets) {
    public int rows() {
        return starts[sequences];
    }
}
