package genka.model;

/** Where the sequences of a batch lie among its rows, and the position of each row in its sequence. Refilled for each batch. */
final class RaggedRows {
    private int sequences;
    private int longest;
    private int[] starts = new int[0];
    private int[] positions = new int[0];

    /** Sequences of a batch, each beginning at position 0. */
    void of(TokenBatch batch) {
        begin(batch.sequences());
        for (int s = 0; s < sequences; s++) {
            append(s, batch.starts()[s + 1] - batch.starts()[s], 0);
        }
    }

    /** The same sequences without their last {@code dropped} rows, beginning at position {@code dropped}: the rows of an MTP module. */
    void shortened(TokenBatch batch, int dropped) {
        begin(batch.sequences());
        for (int s = 0; s < sequences; s++) {
            append(s, Math.max(0, batch.starts()[s + 1] - batch.starts()[s] - dropped), dropped);
        }
    }

    private void begin(int count) {
        sequences = count;
        longest = 0;
        starts = Workspace.room(starts, count + 1L);
        starts[0] = 0;
    }

    private void append(int sequence, int length, int firstPosition) {
        int from = starts[sequence];
        starts[sequence + 1] = from + length;
        longest = Math.max(longest, length);
        if (positions.length < from + length) {
            int[] larger = Workspace.room(new int[0], 2L * (from + length));
            System.arraycopy(positions, 0, larger, 0, from);
            positions = larger;
        }
        for (int i = 0; i < length; i++) {
            positions[from + i] = firstPosition + i;
        }
    }

    int sequences() {
        return sequences;
    }

    int rows() {
        return starts[sequences];
    }

    int start(int sequence) {
        return starts[sequence];
    }

    int length(int sequence) {
        return starts[sequence + 1] - starts[sequence];
    }

    int longest() {
        return longest;
    }

    /** [rows] */
    int[] positions() {
        return positions;
    }

    /** One more than the largest position. */
    int positionsNeeded() {
        int largest = -1;
        for (int s = 0; s < sequences; s++) {
            if (length(s) > 0) {
                largest = Math.max(largest, positions[starts[s + 1] - 1]);
            }
        }
        return largest + 1;
    }
}
