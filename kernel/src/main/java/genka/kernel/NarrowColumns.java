package genka.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The last few columns of a product, which would fill a small part of a vector: computed as rows of the transposed product, Cᵀ = Bᵀ Aᵀ,
 * whose vectors lie along A's rows. The bits are the same: each value stays one chain of fused multiply-adds in the order of k.
 */
final class NarrowColumns {
    /** Columns that are worth it, a quarter of a vector: Aᵀ must be packed. */
    private static final int MOST = Math.max(1, Lanes.COUNT / 4);

    /** Rows of A that are worth it. */
    private static final int LEAST_ROWS = 2 * SerialGemm.NR;

    private static final int ROWS_AT_ONCE = 4 * SerialGemm.NR;

    private AlignedFloats rows = new AlignedFloats(0);
    private final float[] columns = new float[MOST * SerialGemm.SPREAD_ROWS];
    private final float[] tile = new float[MOST * ROWS_AT_ONCE];

    /**
     * The last columns of C[m, n] = A[m, depth] B, added to C when {@code load}; how many: 0 when vectors are full enough, or rows too few.
     *
     * @param aTransposed A[p, i] at {@code aAt + p * lda + i}, else A[i, p] at {@code aAt + i * lda + p}
     */
    int product(
            boolean aTransposed,
            int m,
            int n,
            int depth,
            float[] a,
            int aAt,
            int lda,
            PanelView b,
            float[] c,
            int cAt,
            int ldc,
            boolean load) {
        int count = n % SerialGemm.NR;
        if (count == 0 || count > MOST || m < LEAST_ROWS) {
            return 0;
        }
        takeColumns(n - count, count, depth, b);
        int height = count > 2 ? MOST : count; // kernels have 1, 2 and 4 rows
        int needed = Panels.size(depth, Math.min(m, ROWS_AT_ONCE));
        rows = rows.size() < needed ? new AlignedFloats(needed) : rows;
        for (int i = 0; i < m; i += ROWS_AT_ONCE) {
            int used = Math.min(ROWS_AT_ONCE, m - i);
            if (aTransposed) {
                Panels.pack(depth, used, a, aAt + i, lda, rows, 0);
            } else {
                Panels.packTransposed(depth, used, a, aAt + i * lda, lda, rows, 0);
            }
            int at = cAt + i * ldc + n - count;
            if (load) {
                toTile(used, count, c, at, ldc);
            }
            for (int r = 0; r < used; r += SerialGemm.NR) {
                int vectors = Panels.step(used, r) / Lanes.COUNT;
                RowKernels.block(
                        height,
                        vectors,
                        load,
                        1,
                        depth,
                        columns,
                        0,
                        rows.memory(),
                        4L * r * depth,
                        0,
                        tile,
                        r,
                        ROWS_AT_ONCE);
            }
            fromTile(used, count, c, at, ldc);
        }
        return count;
    }

    /** Columns {@code j..j + count} of B become rows. */
    private void takeColumns(int j, int count, int depth, PanelView b) {
        MemorySegment memory = b.memory();
        long row = 4L * b.step(j);
        for (int i = 0; i < count; i++) {
            long at = b.at(j) + 4L * i;
            for (int p = 0; p < depth; p++) {
                columns[i * SerialGemm.SPREAD_ROWS + p] = memory.get(ValueLayout.JAVA_FLOAT, at + p * row);
            }
        }
    }

    private void toTile(int m, int count, float[] c, int cAt, int ldc) {
        for (int j = 0; j < count; j++) {
            for (int i = 0; i < m; i++) {
                tile[j * ROWS_AT_ONCE + i] = c[cAt + i * ldc + j];
            }
        }
    }

    private void fromTile(int m, int count, float[] c, int cAt, int ldc) {
        for (int j = 0; j < count; j++) {
            for (int i = 0; i < m; i++) {
                c[cAt + i * ldc + j] = tile[j * ROWS_AT_ONCE + i];
            }
        }
    }
}
