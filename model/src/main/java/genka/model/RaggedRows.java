package genka.model;

/**
 * Where the sequences of a batch lie among its rows, the position of each row in its sequence, and the rows cut in blocks: whole
 * sequences together as long as they fit, pieces of longer ones. Blocks depend on the batch alone, so sums by block do not depend on
 * the number of threads. Refilled for each batch.
 */
final class RaggedRows {
    /** Rows of a block, at most: what a thread keeps in its cache while it takes them through a part of a layer. */
    static final int BLOCK = 128;

    private int sequences;
    private int longest;
    private int[] starts = new int[0];
    private int[] positions = new int[0];
    private int blocks;
    private int[] blockStarts = new int[0];
    private int[] blockSequences = new int[0];

    /** Sequences of a batch, each beginning at position 0. */
    void of(TokenBatch batch) {
        begin(batch.sequences());
        for (int s = 0; s < sequences; s++) {
            append(s, batch.starts()[s + 1] - batch.starts()[s], 0);
        }
        cut();
    }

    /** The same sequences without their last {@code dropped} rows, beginning at position {@code dropped}: the rows of an MTP module. */
    void shortened(TokenBatch batch, int dropped) {
        begin(batch.sequences());
        for (int s = 0; s < sequences; s++) {
            append(s, Math.max(0, batch.starts()[s + 1] - batch.starts()[s] - dropped), dropped);
        }
        cut();
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

    private void cut() {
        long most = sequences + rows() / BLOCK + 1L;
        blockStarts = Workspace.room(blockStarts, most + 1);
        blockSequences = Workspace.room(blockSequences, most + 1);
        blocks = 0;
        open(0, 0);
        for (int s = 0; s < sequences; s++) {
            if (starts[s + 1] - blockStarts[blocks] > BLOCK) {
                close(starts[s], s);
                while (starts[s + 1] - blockStarts[blocks] > BLOCK) {
                    close(blockStarts[blocks] + BLOCK, s);
                }
            }
        }
        close(rows(), sequences);
    }

    private void open(int row, int sequence) {
        blockStarts[blocks] = row;
        blockSequences[blocks] = sequence;
    }

    /** Ends a block before that row, unless it would be empty, and begins the next one there. */
    private void close(int row, int sequence) {
        if (row > blockStarts[blocks]) {
            blocks++;
        }
        open(row, sequence);
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

    int blocks() {
        return blocks;
    }

    int blockFrom(int block) {
        return blockStarts[block];
    }

    int blockTo(int block) {
        return blockStarts[block + 1];
    }

    /** The first sequence of a block; those up to the next block's first lie in it when {@link #wholeSequences}. */
    int firstSequence(int block) {
        return blockSequences[block];
    }

    /** Whether no sequence is cut. */
    boolean wholeSequences() {
        return longest <= BLOCK;
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
