package genka.train;

import java.util.List;

/** Where a supervised stage's sequences come from. Its place is a few counters, so that a resumed run reads on at the same token. */
sealed interface TrainingData permits TaskData, PackedData, PairData, SampleData, MixedData {
    /** Adds the next {@code sequences} sequences of at most {@code sequenceLength} rows to {@code rows}. */
    void fill(long step, int sequences, int sequenceLength, Rows rows);

    /** Where the next sequence comes from. */
    long[] position();

    /** Goes to a place that {@link #position} told. */
    void seek(long[] position);

    /** Rows of a mean sequence, to turn a budget of tokens into steps. */
    double meanRows(int sequenceLength);

    /** Held-out sequences for bits per byte; none for tasks, which are evaluated by answering. */
    List<HeldOut> heldOut(int sequenceLength);

    /**
     * A held-out sequence.
     *
     * @param lossFrom first token that is predicted
     * @param bytes of UTF-8 that the predicted tokens stand for
     */
    record HeldOut(int[] ids, int lossFrom, int bytes) {}
}
