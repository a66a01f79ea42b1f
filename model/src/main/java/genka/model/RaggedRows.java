package genka.model;

import genka.kernel.Rows;
import java.util.Arrays;

/**
 * Where the sequences of a batch lie among its rows, which of them are a group (see {@link TokenBatch}), the position of each row in its
 * sequence, and the rows cut in blocks: whole groups together when all are short enough, otherwise all rows evenly. Blocks depend on the batch
 * alone, so sums by block do not depend on the number of threads. Refilled for each batch.
 *
 * <p>It may also be the {@link #ends} of such rows: of each sequence the rows from the first one that predicts something on, in the same
 * groups and blocks.
 */
final class RaggedRows {
    /** Rows of a block, at most: what a thread keeps in its cache while it takes them through a part of a layer. */
    static final int BLOCK = 128;

    private int sequences;
    private int longest;
    private int[] starts = new int[0];
    private int[] positions = new int[0];
    private boolean areEnds;
    private int[] skipped = new int[0];
    private int[] sources = new int[0];
    private int groups;
    private int longestGroup;
    private int[] groupSequences = new int[0];
    private int blocks;
    private int[] blockStarts = new int[0];
    private int[] blockGroups = new int[0];

    /** Sequences of a batch; those that go on from none begin at position 0. */
    void of(TokenBatch batch) {
        begin(batch.sequences());
        int shared = 0;
        for (int s = 0; s < sequences; s++) {
            int length = batch.starts()[s + 1] - batch.starts()[s];
            if (batch.goesOn()[s]) {
                append(s, length, shared);
            } else {
                openGroup(s);
                append(s, length, 0);
                shared = length;
            }
        }
        end();
    }

    /**
     * The same sequences without their last {@code dropped} rows, beginning at position {@code dropped}: the rows of an MTP module. None
     * may go on from another.
     */
    void shortened(TokenBatch batch, int dropped) {
        begin(batch.sequences());
        for (int s = 0; s < sequences; s++) {
            if (batch.goesOn()[s]) {
                throw new IllegalArgumentException("sequence " + s + " goes on from another: not with MTP modules");
            }
            openGroup(s);
            append(s, Math.max(0, batch.starts()[s + 1] - batch.starts()[s] - dropped), dropped);
        }
        end();
    }

    /** What {@code all}, the rows of a batch, have from the first row of each sequence on that predicts something. */
    void ends(RaggedRows all, TokenBatch batch) {
        begin(all.sequences);
        areEnds = true;
        sources = Workspace.room(sources, all.rows());
        for (int s = 0; s < sequences; s++) {
            int first = all.starts[s];
            int last = all.starts[s + 1];
            while (first < last && batch.targets()[first] < 0) {
                first++;
            }
            if (s == all.groupSequences[groups]) {
                openGroup(s);
            }
            append(s, last - first, first < last ? all.positions[first] : 0);
            skipped[s] = first - all.starts[s];
            for (int row = first; row < last; row++) {
                sources[starts[s] + row - first] = row;
            }
        }
        groupSequences[groups] = sequences;
        longest = all.longest;
        longestGroup = all.longestGroup;
        cutAs(all);
    }

    private void cutAs(RaggedRows all) {
        blocks = all.blocks;
        blockStarts = Workspace.room(blockStarts, blocks + 1L);
        blockGroups = Workspace.room(blockGroups, blocks + 1L);
        int row = 0;
        for (int block = 0; block <= blocks; block++) {
            while (row < rows() && sources[row] < all.blockStarts[block]) {
                row++;
            }
            blockStarts[block] = row;
            blockGroups[block] = all.blockGroups[block];
        }
    }

    private void begin(int count) {
        sequences = count;
        areEnds = false;
        longest = 0;
        groups = 0;
        groupSequences = Workspace.room(groupSequences, count + 1L);
        starts = Workspace.room(starts, count + 1L);
        starts[0] = 0;
        skipped = Workspace.room(skipped, count);
        Arrays.fill(skipped, 0, count, 0);
    }

    private void openGroup(int sequence) {
        groupSequences[groups] = sequence;
        groups++;
    }

    private void append(int sequence, int length, int firstPosition) {
        int from = starts[sequence];
        starts[sequence + 1] = from + length;
        if (positions.length < from + length) {
            int[] larger = Workspace.room(new int[0], 2L * (from + length));
            System.arraycopy(positions, 0, larger, 0, from);
            positions = larger;
        }
        for (int i = 0; i < length; i++) {
            positions[from + i] = firstPosition + i;
        }
    }

    private void end() {
        groupSequences[groups] = sequences;
        longestGroup = 0;
        for (int g = 0; g < groups; g++) {
            longest = Math.max(longest, longest(g));
            longestGroup = Math.max(longestGroup, groupStart(g + 1) - groupStart(g));
        }
        cut();
    }

    private void cut() {
        long most = groups + rows() / BLOCK + 1L;
        blockStarts = Workspace.room(blockStarts, most + 1);
        blockGroups = Workspace.room(blockGroups, most + 1);
        blocks = 0;
        open(0, 0);
        if (wholeGroups()) {
            for (int g = 0; g < groups; g++) {
                if (groupStart(g + 1) - blockStarts[blocks] > BLOCK) {
                    close(groupStart(g), g);
                }
            }
        } else {
            for (int row = BLOCK; row < rows(); row += BLOCK) {
                close(row, groups);
            }
        }
        close(rows(), groups);
    }

    private void open(int row, int group) {
        blockStarts[blocks] = row;
        blockGroups[blocks] = group;
    }

    /** Ends a block before that row, unless it would be empty, and begins the next one there. */
    private void close(int row, int group) {
        if (row > blockStarts[blocks]) {
            blocks++;
        }
        open(row, group);
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

    /** Rows of a sequence that are left out before its first one here. */
    int skipped(int sequence) {
        return skipped[sequence];
    }

    /** Of ends: which row of the batch one is. */
    int source(int end) {
        return sources[end];
    }

    /** Whether these are {@link #ends}, which may leave rows out. */
    boolean areEnds() {
        return areEnds;
    }

    /** Copies the values of a block's ends from all rows, {@code ldFrom} values apart, to those of the ends, which lie close together. */
    void pick(int block, int width, float[] from, int ldFrom, float[] to) {
        int first = blockFrom(block);
        int last = blockTo(block);
        if (areEnds) {
            Rows.gather(first, last, width, from, 0, ldFrom, sources, 0, to, 0, width);
        } else {
            Rows.copy(last - first, width, from, first * ldFrom, ldFrom, to, first * width, width);
        }
    }

    /**
     * The way back through {@link #pick}: what rows get that are left out is 0.
     *
     * @param all the rows of which these are the ends
     * @param fromAt where the block's first values are
     */
    void putBack(RaggedRows all, int block, int width, float[] from, int fromAt, float[] to, int ldTo) {
        clearOthers(all, block, width, to, ldTo);
        int first = blockFrom(block);
        for (int end = first; end < blockTo(block); end++) {
            int row = areEnds ? sources[end] : end;
            System.arraycopy(from, fromAt + (end - first) * width, to, row * ldTo, width);
        }
    }

    /** Writes 0 where a block's rows are left out. */
    void clearOthers(RaggedRows all, int block, int width, float[] x, int ldx) {
        int end = blockFrom(block);
        for (int row = all.blockFrom(block); areEnds && row < all.blockTo(block); row++) {
            if (end < blockTo(block) && sources[end] == row) {
                end++;
            } else {
                Arrays.fill(x, row * ldx, row * ldx + width, 0);
            }
        }
    }

    /** Rows that a query of any sequence sees at most, those of the sequence it goes on from among them. */
    int longest() {
        return longest;
    }

    int groups() {
        return groups;
    }

    /** The first sequence of a group, whose rows the others of the group go on from; that of the next group comes after its last. */
    int firstSequence(int group) {
        return groupSequences[group];
    }

    private int groupStart(int group) {
        return starts[groupSequences[group]];
    }

    /** As {@link #longest()}, in a group. */
    int longest(int group) {
        int first = firstSequence(group);
        int most = 0;
        for (int s = first + 1; s < firstSequence(group + 1); s++) {
            most = Math.max(most, length(s));
        }
        return length(first) + most;
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

    /** The first group of a block; those up to the next block's first lie in it when {@link #wholeGroups}. */
    int firstGroup(int block) {
        return blockGroups[block];
    }

    /** Whether no group is cut. */
    boolean wholeGroups() {
        return longestGroup <= BLOCK;
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
