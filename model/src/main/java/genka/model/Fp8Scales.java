package genka.model;

import java.util.List;

/** FP8 weights as DeepSeek publishes them: {@code weight[r, c] = value[r, c] × scale[r / rows, c / columns]}, edge blocks partial. */
final class Fp8Scales {
    private Fp8Scales() {}

    /** Shape of the scales of a matrix. */
    static List<Long> shape(List<Integer> matrix, List<Integer> block) {
        return List.of(
                Math.ceilDiv((long) matrix.get(0), (long) block.get(0)),
                Math.ceilDiv((long) matrix.get(1), (long) block.get(1)));
    }

    static void apply(float[] values, int offset, List<Long> matrix, List<Integer> block, float[] scales) {
        int rows = Math.toIntExact(matrix.get(0));
        int columns = Math.toIntExact(matrix.get(1));
        int blockRows = block.get(0);
        int blockColumns = block.get(1);
        int scaleColumns = Math.ceilDiv(columns, blockColumns);
        for (int r = 0; r < rows; r++) {
            int scaleRow = r / blockRows * scaleColumns;
            for (int c = 0; c < columns; c++) {
                values[offset + r * columns + c] *= scales[scaleRow + c / blockColumns];
            }
        }
    }
}
