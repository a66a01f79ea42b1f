package genka.model;

/**
 * Matrices as FP8 training sees them: in e4m3, with one scale a tile so that the tile's largest value becomes 448 (DeepSeek-V3, arXiv
 * 2412.19437 §3.3.2). Tiles are 1×128 for activations and gradients, along what a product sums over, and 128×128 for weights. What is
 * written are the values that come out of e4m3 again, times the scale; a value that is not finite makes its tile NaN.
 */
final class Fp8Tiles {
    /** Values a tile has along what is summed over. */
    static final int TILE = 128;

    private Fp8Tiles() {}

    /** to[rows, columns], dense, = from[rows, columns] in tiles of 1 row × 128 columns. */
    static void alongRows(int rows, int columns, float[] from, int at, int ld, float[] to) {
        tiles(rows, columns, 1, TILE, from, at, ld, to, 0);
    }

    /** to[rows, columns], dense, = from[rows, columns] in tiles of 128 rows × 1 column. */
    static void alongColumns(int rows, int columns, float[] from, int at, int ld, float[] to) {
        tiles(rows, columns, TILE, 1, from, at, ld, to, 0);
    }

    /** to[rows, columns], dense from {@code toAt}, = from[rows, columns], dense, in blocks of 128 × 128. */
    static void blocks(int rows, int columns, float[] from, int at, float[] to, int toAt) {
        tiles(rows, columns, TILE, TILE, from, at, columns, to, toAt);
    }

    private static void tiles(
            int rows, int columns, int height, int width, float[] from, int at, int ld, float[] to, int toAt) {
        for (int row = 0; row < rows; row += height) {
            int endRow = Math.min(rows, row + height);
            for (int column = 0; column < columns; column += width) {
                int endColumn = Math.min(columns, column + width);
                float scale = scale(row, endRow, column, endColumn, from, at, ld);
                for (int r = row; r < endRow; r++) {
                    for (int c = column; c < endColumn; c++) {
                        to[toAt + r * columns + c] = DataType.roundToE4m3(from[at + r * ld + c] / scale) * scale;
                    }
                }
            }
        }
    }

    private static float scale(int row, int endRow, int column, int endColumn, float[] from, int at, int ld) {
        float largest = 0;
        for (int r = row; r < endRow; r++) {
            for (int c = column; c < endColumn; c++) {
                largest = Math.max(largest, Math.abs(from[at + r * ld + c]));
            }
        }
        // A tile of zeros, or of values too small to be scaled, stays as it is: nothing to scale up.
        float scale = largest / DataType.LARGEST_E4M3;
        return scale > 0 ? scale : 1;
    }
}
