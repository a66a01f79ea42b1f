package genka.kernel;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * Float matrix products on one thread, with pack buffers of its own that grow to the largest product seen. Not thread-safe.
 *
 * <p>B is packed in panels of two vectors, KC deep, so that a panel stays in the first cache; blocks of A (packed when many panels
 * use them) stay in the second (Goto and van de Geijn 2008). Each element of C is one chain of fused multiply-adds in the order of
 * k, so its bits do not depend on blocking, packing or the split over threads.
 */
public final class SerialGemm {
    private static final int LANES = FloatVector.SPECIES_PREFERRED.length();

    /** Columns of a panel. */
    static final int NR = 2 * LANES;

    private static final boolean MANY_REGISTERS = LANES == 16 || "aarch64".equals(System.getProperty("os.arch"));

    /** Rows of a block: 12 by 2 accumulators fill 32 registers, 6 by 2 fill 16. */
    static final int MR = MANY_REGISTERS ? 12 : 6;

    private static final int KC = 256;
    private static final int MC = 20 * MR;
    private static final int NC = 1024;

    /** A in rows is packed when at least this many panels use it. */
    private static final int PACK_A_PANELS = 8;

    /** B in rows is packed when more rows of A than this use it. */
    private static final int PACK_B_ROWS = 2 * MR;

    private float[] packedA = {};
    private float[] packedB = {};
    private final float[] tile = new float[MR * NR];
    private final float[] zeros = new float[NR];

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
        product(false, false, m, n, k, a, aAt, lda, b, bAt, ldb, c, cAt, ldc, accumulate);
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
        boolean packA = to - from >= PACK_A_PANELS * NR;
        for (int p = 0; p < k; p += KC) {
            int depth = Math.min(KC, k - p);
            boolean load = accumulate || p > 0;
            for (int i = 0; i < m; i += MC) {
                int rows = Math.min(MC, m - i);
                int aFrom = aAt + i * lda + p;
                if (packA) {
                    packA(false, rows, depth, a, aFrom, lda);
                }
                for (int j = from; j < to; j += NR) {
                    int step = b.step(j);
                    panel(
                            packA,
                            rows,
                            Math.min(NR, to - j),
                            depth,
                            packA ? packedA : a,
                            packA ? 0 : aFrom,
                            lda,
                            b.values(),
                            b.panelAt(j) + p * step,
                            step,
                            c,
                            cAt + i * ldc + j - from,
                            ldc,
                            load);
                }
            }
        }
    }

    private static void clear(int m, int n, float[] c, int cAt, int ldc) {
        for (int i = 0; i < m; i++) {
            Arrays.fill(c, cAt + i * ldc, cAt + i * ldc + n, 0);
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
        boolean packA = aTransposed || n >= PACK_A_PANELS * NR;
        boolean packB = bTransposed || m > PACK_B_ROWS;
        for (int j = 0; j < n; j += NC) {
            int columns = Math.min(NC, n - j);
            for (int p = 0; p < k; p += KC) {
                int depth = Math.min(KC, k - p);
                boolean load = accumulate || p > 0;
                int bFrom = bTransposed ? bAt + j * ldb + p : bAt + p * ldb + j;
                packB(bTransposed, packB ? 0 : unpackedColumns(columns), columns, depth, b, bFrom, ldb);
                for (int i = 0; i < m; i += MC) {
                    int rows = Math.min(MC, m - i);
                    int aFrom = aTransposed ? aAt + p * lda + i : aAt + i * lda + p;
                    if (packA) {
                        packA(aTransposed, rows, depth, a, aFrom, lda);
                    }
                    int cFrom = cAt + i * ldc + j;
                    for (int q = 0; q < columns; q += NR) {
                        int width = Math.min(NR, columns - q);
                        boolean direct = !packB && width % LANES == 0;
                        panel(
                                packA,
                                rows,
                                width,
                                depth,
                                packA ? packedA : a,
                                packA ? 0 : aFrom,
                                lda,
                                direct ? b : packedB,
                                direct ? bFrom + q : packB ? q * depth : 0,
                                direct ? ldb : NR,
                                c,
                                cFrom + q,
                                ldc,
                                load);
                    }
                }
            }
        }
    }

    /** One panel of B with all blocks of A's rows. A panel that does not fill its vectors goes through a small tile. */
    private void panel(
            boolean packed,
            int rows,
            int width,
            int k,
            float[] a,
            int aAt,
            int lda,
            float[] b,
            int bAt,
            int bStep,
            float[] c,
            int cAt,
            int ldc,
            boolean load) {
        int vectors = width > LANES ? 2 : 1;
        boolean whole = width == vectors * LANES;
        int height;
        for (int i = 0; i < rows; i += height) {
            height = blockRows(rows - i);
            float[] to = whole ? c : tile;
            int toAt = whole ? cAt + i * ldc : 0;
            int toStep = whole ? ldc : NR;
            if (!whole && load) {
                copyTile(height, width, c, cAt + i * ldc, ldc, tile, 0, NR);
            }
            float[] from = load ? to : zeros;
            int fromAt = load ? toAt : 0;
            int fromStep = load ? toStep : 0;
            if (packed) {
                PackedKernels.block(
                        height, vectors, k, a, aAt + i * k, b, bAt, bStep, from, fromAt, fromStep, to, toAt, toStep);
            } else {
                StridedKernels.block(
                        height,
                        vectors,
                        k,
                        a,
                        aAt + i * lda,
                        lda,
                        b,
                        bAt,
                        bStep,
                        from,
                        fromAt,
                        fromStep,
                        to,
                        toAt,
                        toStep);
            }
            if (!whole) {
                copyTile(height, width, tile, 0, NR, c, cAt + i * ldc, ldc);
            }
        }
    }

    /** The columns whose panels fill their vectors, so that the kernels can read B as it lies. */
    private static int unpackedColumns(int columns) {
        return columns % LANES == 0 ? columns : columns - columns % NR;
    }

    private static void copyTile(
            int rows, int width, float[] from, int at, int step, float[] to, int toAt, int toStep) {
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < width; j++) {
                to[toAt + i * toStep + j] = from[at + i * step + j];
            }
        }
    }

    private static int blockRows(int remaining) {
        if (remaining >= MR) {
            return MR;
        }
        return MANY_REGISTERS && remaining >= 8 ? 8 : Math.min(4, remaining);
    }

    /** Packs columns from..to of a strip of B in panels; a last panel may be partly stale, its columns are not used. */
    private void packB(boolean transposed, int from, int to, int depth, float[] b, int at, int ldb) {
        if (from >= to) {
            return;
        }
        int needed = ((to - from + NR - 1) / NR + 1) * NR * depth;
        if (packedB.length < needed) {
            packedB = new float[needed];
        }
        for (int q = from; q < to; q += LANES) {
            int width = Math.min(LANES, to - q);
            int panelAt = (q - from) / NR * NR * depth + (q - from) % NR;
            if (transposed) {
                Transpose.strip(width, depth, b, at + q * ldb, ldb, packedB, panelAt, NR);
            } else {
                Strips.copy(width, depth, b, at + q, ldb, packedB, panelAt, NR);
            }
        }
    }

    private void packA(boolean transposed, int rows, int depth, float[] a, int at, int lda) {
        int needed = (rows + 4) * depth + NR;
        if (packedA.length < needed) {
            packedA = new float[needed];
        }
        int height;
        for (int i = 0; i < rows; i += height) {
            height = blockRows(rows - i);
            int step = Math.max(4, height);
            // Backwards: what a last, narrower strip writes past its rows belongs to the first one.
            for (int q = (height - 1) / LANES * LANES; q >= 0; q -= LANES) {
                int width = Math.min(LANES, height - q);
                if (transposed) {
                    Strips.copy(width, depth, a, at + i + q, lda, packedA, i * depth + q, step);
                } else {
                    Transpose.strip(width, depth, a, at + (i + q) * lda, lda, packedA, i * depth + q, step);
                }
            }
        }
    }
}
