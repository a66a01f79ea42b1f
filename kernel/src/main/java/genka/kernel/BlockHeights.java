package genka.kernel;

/** How the rows of a product are cut into blocks of the heights that {@link RowKernels} and {@link ColumnKernels} have. */
final class BlockHeights {
    private static final int[] FIRST = first();

    private BlockHeights() {}

    /** The height of the next block; the last may be higher than what remains. */
    static int next(int remaining) {
        return FIRST[Math.min(remaining, FIRST.length - 1)];
    }

    /**
     * The first height, for each number of rows, of the cheapest blocks that make it up: 32 rows are four blocks of 8, not two of 13 and
     * one that is half empty. Costs are in rows: a block costs one or two more than its rows, a low one does not fill the units of
     * multiply-add, and one that is not full goes through a tile.
     */
    private static int[] first() {
        int[] heights = SerialGemm.MANY_REGISTERS ? new int[] {13, 8, 4, 2, 1} : new int[] {6, 4, 2, 1};
        double[] cost = new double[8 * SerialGemm.MR];
        int[] first = new int[cost.length];
        for (int rows = 1; rows < cost.length; rows++) {
            cost[rows] = Double.MAX_VALUE;
            for (int height : heights) {
                double block = Math.max(height, 3) + 1.5;
                double all = height <= rows ? block + cost[rows - height] : block + 3;
                if (all < cost[rows]) {
                    cost[rows] = all;
                    first[rows] = height;
                }
            }
        }
        first[first.length - 1] = SerialGemm.MR;
        return first;
    }
}
