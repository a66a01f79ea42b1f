package genka.kernel;

import java.lang.foreign.MemorySegment;

/** The panels of B that a product is at: some rows of them, of all columns. */
final class PanelView {
    private AlignedFloats values = new AlignedFloats(0);
    private int at;
    private int depth;
    private int row;
    private int columns;

    /** From now on B is the rows from {@code row} of {@code columns} columns of panels that are {@code depth} deep. */
    void use(AlignedFloats values, int at, int depth, int row, int columns) {
        this.values = values;
        this.at = at;
        this.depth = depth;
        this.row = row;
        this.columns = columns;
    }

    MemorySegment memory() {
        return values.memory();
    }

    /** Where B's first value of column {@code j} is, the first of a panel, in bytes. */
    long at(int j) {
        return 4L * (at + j * depth + row * step(j));
    }

    /** From one row of B to the next in the panel that begins with column {@code j}. */
    int step(int j) {
        return Panels.step(columns, j);
    }

    /** From one panel to the next, in bytes. */
    long next() {
        return 4L * SerialGemm.NR * depth;
    }
}
