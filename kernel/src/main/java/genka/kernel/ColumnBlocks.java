package genka.kernel;

/** Blocks of a matrix's columns, copied where they lie close together; some at once, so that the matrix is read in long runs. */
final class ColumnBlocks {
    private static final int LANES = Lanes.COUNT;

    /** The distance of two rows of a block. */
    static final int STEP = SerialGemm.COLUMN_BLOCK;

    /** Blocks copied together. */
    private static final int MOST = 8;

    /** The values of a block; the last row of columns is written as a whole vector. */
    private static final int ROOM = SerialGemm.KC * STEP + LANES;

    private final int[] starts = new int[MOST + 1];
    private float[] values = {};
    private int columns;
    private int blocks;

    /** Copies blocks of A[depth, m] from column {@code first} on; at most {@link SerialGemm#KC} deep. */
    void copy(int first, int m, int depth, float[] a, int aAt, int lda) {
        if (values.length == 0) {
            values = new float[MOST * ROOM];
        }
        columns = m;
        starts[0] = first;
        for (blocks = 0; blocks < MOST && starts[blocks] < m; blocks++) {
            starts[blocks + 1] = starts[blocks] + BlockHeights.next(m - starts[blocks]);
        }
        for (int p = 0; p < depth; p += Strips.ROWS) {
            int rows = Math.min(Strips.ROWS, depth - p);
            for (int block = 0; block < blocks; block++) {
                int to = at(block) + p * STEP;
                int end = starts[block] + used(block);
                for (int i = starts[block]; i < end; i += LANES) {
                    int width = Math.min(LANES, end - i);
                    Strips.copy(width, rows, a, aAt + p * lda + i, lda, values, to + i - starts[block], STEP);
                }
            }
        }
    }

    /** Blocks that the last {@link #copy} made. */
    int blocks() {
        return blocks;
    }

    float[] values() {
        return values;
    }

    /** Where a block's values begin. */
    int at(int block) {
        return block * ROOM;
    }

    /** The first column of a block; that of the block after the last is where to go on. */
    int start(int block) {
        return starts[block];
    }

    int height(int block) {
        return starts[block + 1] - starts[block];
    }

    /** Columns of a block; its height may be more. */
    int used(int block) {
        return Math.min(height(block), columns - starts[block]);
    }
}
