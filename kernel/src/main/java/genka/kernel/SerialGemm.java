package genka.kernel;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Float matrix products on one thread, with pack buffers of its own that grow to the largest product seen. Not thread-safe.
 *
 * <p>After Goto and van de Geijn (2008) with the caches' roles changed: a block of A's rows is copied to the first cache and meets
 * all panels of B, which stream from the second. What is copied of A is used at once, and packed panels can be as deep as k. Each
 * element of C is one chain of fused multiply-adds in the order of k, so its bits do not depend on blocking, packing or the split
 * over threads.
 */
public final class SerialGemm {
    private static final int LANES = Lanes.COUNT;

    /** Columns of a panel. */
    static final int NR = 2 * LANES;

    static final boolean MANY_REGISTERS = LANES == 16 || "aarch64".equals(System.getProperty("os.arch"));

    /** Columns of A that {@link #columnBlock} takes: whole vectors, and no fewer than a block has rows. */
    public static final int COLUMN_BLOCK = MANY_REGISTERS ? 16 : 8;

    /** Rows of A this far apart are read where they lie; all others are copied. */
    public static final int SPREAD_ROWS = RowKernels.ROW;

    /** Rows of a block. */
    static final int MR = MANY_REGISTERS ? 13 : 6;

    /** Depth of a product between two visits of C, at most: a block of A's rows of this length leaves room in the first cache. */
    static final int KC = 512;

    /** Values of B that meet all rows of A before the next come: half a second cache of 2 MB. */
    private static final int B_VALUES = 256 * 1024;

    /** Stands for the distance of rows where a block of A is rows in {@link #rowBlock}. */
    private static final int IN_ROWS = 0;

    /** Columns of A are read where they lie up to this distance of its rows; further apart they do not stay in the first cache. */
    private static final int NEAR_ROWS = 256;

    /** B in rows is packed when more rows of A than this use it. */
    private static final int FEW_ROWS = 12;

    private AlignedFloats packedB = new AlignedFloats(0);
    private final ColumnBlocks columnBlocks = new ColumnBlocks();
    private final float[] rowBlock = new float[MR * RowKernels.ROW];
    private final float[] tile = new float[MR * NR];
    private final NarrowColumns narrow = new NarrowColumns();

    /** Kept, so that the compiler cannot leave the reading out. */
    @SuppressWarnings("UnusedVariable")
    private float fetched;

    private final PanelView panels = new PanelView();

    /** C[m, n] = A[m, k] B[k, n], added to C when {@code accumulate}. */
    public void nn(
            int m,
            int n,
            int k,
            float[] a,
            int aAt,
            int lda,
            float[] b,
            int bAt,
            int ldb,
            float[] c,
            int cAt,
            int ldc,
            boolean accumulate) {
        if (m <= FEW_ROWS) {
            InPlace.product(m, n, k, a, aAt, lda, b, bAt, ldb, c, cAt, ldc, accumulate, tile);
        } else {
            product(false, false, m, n, k, a, aAt, lda, b, bAt, ldb, c, cAt, ldc, accumulate);
        }
    }

    /** C[m, n] = A[m, k] B[n, k]ᵀ, added to C when {@code accumulate}. */
    public void nt(
            int m,
            int n,
            int k,
            float[] a,
            int aAt,
            int lda,
            float[] b,
            int bAt,
            int ldb,
            float[] c,
            int cAt,
            int ldc,
            boolean accumulate) {
        product(false, true, m, n, k, a, aAt, lda, b, bAt, ldb, c, cAt, ldc, accumulate);
    }

    /** C[m, n] = A[k, m]ᵀ B[k, n], added to C when {@code accumulate}. */
    public void tn(
            int m,
            int n,
            int k,
            float[] a,
            int aAt,
            int lda,
            float[] b,
            int bAt,
            int ldb,
            float[] c,
            int cAt,
            int ldc,
            boolean accumulate) {
        product(true, false, m, n, k, a, aAt, lda, b, bAt, ldb, c, cAt, ldc, accumulate);
    }

    /** C[m, n] = A[m, k] B, added to C when {@code accumulate}; the bits are those of {@link #nn}. */
    public void packed(
            int m, float[] a, int aAt, int lda, PackedMatrix b, float[] c, int cAt, int ldc, boolean accumulate) {
        packed(m, 0, b.n(), a, aAt, lda, b, c, cAt, ldc, accumulate);
    }

    /**
     * Columns {@code from..to} of {@code A B}, c being where column {@code from} goes. Whole vectors are written: what lies past {@code to} is
     * overwritten.
     *
     * @param from the border of a panel: a multiple of two vectors
     */
    public void packedColumns(
            int m, int from, int to, float[] a, int aAt, int lda, PackedMatrix b, float[] c, int cAt, int ldc) {
        int whole = (to + LANES - 1) / LANES * LANES;
        packed(m, from, whole, a, aAt, lda, b, c, cAt, ldc, false);
    }

    /** C[m, n] = A[m, to - from] times the rows {@code from..to} of B, added to C when {@code accumulate}. */
    public void packedRows(
            int m,
            int from,
            int to,
            float[] a,
            int aAt,
            int lda,
            PackedMatrix b,
            float[] c,
            int cAt,
            int ldc,
            boolean accumulate) {
        int depth;
        for (int p = from; p < to; p += depth) {
            depth = depth(to - from, p - from);
            panels.use(b.values(), b.at(), b.k(), p, b.n());
            rowsTimesPanels(m, b.n(), depth, a, aAt + p - from, lda, c, cAt, ldc, accumulate || p > from);
        }
    }

    /**
     * C[m, n] = A[k, m]ᵀ times the first {@code k} rows of B, for at most {@link #COLUMN_BLOCK} columns of A that lie as the kernels read
     * them: A[p, i] at {@code aAt + p * COLUMN_BLOCK + i}. Reads up to a row more.
     */
    public void columnBlock(int m, int k, float[] a, int aAt, PackedMatrix b, float[] c, int cAt, int ldc) {
        panels.use(b.values(), b.at(), b.k(), 0, b.n());
        int height;
        for (int i = 0; i < m; i += height) {
            height = BlockHeights.next(m - i);
            int rows = Math.min(height, m - i);
            block(height, rows, b.n(), k, a, aAt + i, COLUMN_BLOCK, c, cAt + i * ldc, ldc, false);
        }
    }

    /** Columns {@code from..to} of the product with a packed matrix; {@code from} is the border of a panel, c its column. */
    void packed(
            int m,
            int from,
            int to,
            float[] a,
            int aAt,
            int lda,
            PackedMatrix b,
            float[] c,
            int cAt,
            int ldc,
            boolean accumulate) {
        int k = b.k();
        if (k == 0 && !accumulate) {
            clear(m, to - from, c, cAt, ldc);
        }
        int width = columnsAtOnce(k);
        for (int j = from; j < to; j += width) {
            int n = Math.min(width, to - j);
            if (b.far()) {
                fetched += b.values().sum(b.at() + j * k, k * ((n + LANES - 1) / LANES * LANES));
            }
            int depth;
            for (int p = 0; p < k; p += depth) {
                depth = depth(k, p);
                panels.use(b.values(), b.at() + j * k, k, p, b.n() - j);
                rowsTimesPanels(m, n, depth, a, aAt + p, lda, c, cAt + j - from, ldc, accumulate || p > 0);
            }
        }
    }

    private void product(
            boolean aTransposed,
            boolean bTransposed,
            int m,
            int n,
            int k,
            float[] a,
            int aAt,
            int lda,
            float[] b,
            int bAt,
            int ldb,
            float[] c,
            int cAt,
            int ldc,
            boolean accumulate) {
        if (k == 0 && !accumulate) {
            clear(m, n, c, cAt, ldc);
        }
        int width = columnsAtOnce(k);
        for (int j = 0; j < n; j += width) {
            int columns = Math.min(width, n - j);
            int depth;
            for (int p = 0; p < k; p += depth) {
                depth = depth(k, p);
                boolean load = accumulate || p > 0;
                roomForB(depth, columns);
                if (bTransposed) {
                    Panels.packTransposed(depth, columns, b, bAt + j * ldb + p, ldb, packedB, 0);
                } else {
                    Panels.pack(depth, columns, b, bAt + p * ldb + j, ldb, packedB, 0);
                }
                panels.use(packedB, 0, depth, 0, columns);
                if (aTransposed) {
                    columnsTimesPanels(m, columns, depth, a, aAt + p * lda, lda, c, cAt + j, ldc, load);
                } else {
                    rowsTimesPanels(m, columns, depth, a, aAt + p, lda, c, cAt + j, ldc, load);
                }
            }
        }
    }

    private static void clear(int m, int n, float[] c, int cAt, int ldc) {
        for (int i = 0; i < m; i++) {
            Arrays.fill(c, cAt + i * ldc, cAt + i * ldc + n, 0);
        }
    }

    private void roomForB(int depth, int columns) {
        int needed = Panels.size(depth, columns);
        if (packedB.size() < needed) {
            packedB = new AlignedFloats(needed);
        }
    }

    private void rowsTimesPanels(
            int m, int all, int depth, float[] a, int aAt, int lda, float[] c, int cAt, int ldc, boolean load) {
        int n = all - narrow.product(false, m, all, depth, a, aAt, lda, panels, c, cAt, ldc, load);
        int height;
        for (int i = 0; i < m; i += height) {
            height = BlockHeights.next(m - i);
            int used = Math.min(height, m - i);
            float[] rows = a;
            int at = aAt + i * lda;
            if (lda != SPREAD_ROWS || at + (height - 1) * lda + depth > a.length) {
                Strips.copyRows(used, depth, a, at, lda, rowBlock, 0, SPREAD_ROWS);
                rows = rowBlock;
                at = 0;
            }
            block(height, used, n, depth, rows, at, IN_ROWS, c, cAt + i * ldc, ldc, load);
        }
    }

    private void columnsTimesPanels(
            int m, int all, int depth, float[] a, int aAt, int lda, float[] c, int cAt, int ldc, boolean load) {
        int n = all - narrow.product(true, m, all, depth, a, aAt, lda, panels, c, cAt, ldc, load);
        int next = lda > NEAR_ROWS ? 0 : nearColumnsTimesPanels(m, n, depth, a, aAt, lda, c, cAt, ldc, load);
        while (next < m) {
            columnBlocks.copy(next, m, depth, a, aAt, lda);
            for (int q = 0; q < columnBlocks.blocks(); q++) {
                int at = cAt + columnBlocks.start(q) * ldc;
                int height = columnBlocks.height(q);
                int used = columnBlocks.used(q);
                float[] values = columnBlocks.values();
                block(height, used, n, depth, values, columnBlocks.at(q), ColumnBlocks.STEP, c, at, ldc, load);
            }
            next = columnBlocks.start(columnBlocks.blocks());
        }
    }

    /** The blocks that have all their columns, read where they lie; where to go on. */
    private int nearColumnsTimesPanels(
            int m, int n, int depth, float[] a, int aAt, int lda, float[] c, int cAt, int ldc, boolean load) {
        int i = 0;
        int height = BlockHeights.next(m);
        while (i < m && height <= m - i) {
            block(height, height, n, depth, a, aAt + i, lda, c, cAt + i * ldc, ldc, load);
            i += height;
            height = BlockHeights.next(m - i);
        }
        return i;
    }

    /**
     * A block of A times all panels. The kernels know whole vectors and fixed heights, what is less goes through a tile.
     *
     * @param lda from one row of the block's columns to the next, or {@link #IN_ROWS}
     */
    private void block(
            int height,
            int rows,
            int n,
            int depth,
            float[] a,
            int aAt,
            int lda,
            float[] c,
            int cAt,
            int ldc,
            boolean load) {
        if (load && lda != IN_ROWS) { // gradients of weights: their C comes from far, that of rows is near
            fetched += Strips.fetch(rows, n, c, cAt, ldc);
        }
        int whole = rows == height ? n / NR : 0;
        if (whole > 0) {
            kernel(height, 2, load, whole, 0, depth, a, aAt, lda, c, cAt, ldc);
        }
        for (int j = whole * NR; j < n; j += NR) {
            int width = Math.min(NR, n - j);
            int at = cAt + j;
            int vectors = panels.step(j) / LANES;
            if (rows == height && width == vectors * LANES) {
                kernel(height, vectors, load, 1, j, depth, a, aAt, lda, c, at, ldc);
                continue;
            }
            if (load) {
                Strips.copyTile(rows, width, c, at, ldc, tile, 0, NR);
            }
            kernel(height, vectors, load, 1, j, depth, a, aAt, lda, tile, 0, NR);
            Strips.copyTile(rows, width, tile, 0, NR, c, at, ldc);
        }
    }

    /** Panels from column {@code j} on. */
    private void kernel(
            int height,
            int vectors,
            boolean add,
            int count,
            int j,
            int depth,
            float[] a,
            int aAt,
            int lda,
            float[] c,
            int cAt,
            int ldc) {
        MemorySegment b = panels.memory();
        long at = panels.at(j);
        long next = panels.next();
        if (lda != IN_ROWS) {
            ColumnKernels.block(height, vectors, add, count, depth, a, aAt, lda, b, at, next, c, cAt, ldc);
        } else {
            RowKernels.block(height, vectors, add, count, depth, a, aAt, b, at, next, c, cAt, ldc);
        }
    }

    /** The next depth after {@code done} of k: all about the same. A function of k alone. */
    private static int depth(int k, int done) {
        int passes = (k + KC - 1) / KC;
        int each = (k + passes - 1) / passes;
        return Math.min(k - done, Math.min(KC, (each + LANES - 1) / LANES * LANES));
    }

    private static int columnsAtOnce(int k) {
        return Math.max(NR, B_VALUES / Math.max(1, Math.min(KC, k)) / NR * NR);
    }
}
