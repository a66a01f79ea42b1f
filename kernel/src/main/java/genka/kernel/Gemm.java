package genka.kernel;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Float matrix products on a thread team. Matrices are row-major: array, offset of the first element, row stride. C is split in
 * rectangles, one a worker; small products run on the caller alone. One product at a time.
 */
public final class Gemm {
    /** Multiply-adds below which waking another worker costs more than it brings. */
    private static final long WORTH_A_WORKER = 60_000;

    private enum Layout {
        NN,
        NT,
        TN,
        PACKED
    }

    private final ThreadTeam team;
    private final SerialGemm[] serial;
    private final ThreadTeam.RangeTask part = this::part;

    private Layout layout = Layout.NN;
    private int m;
    private int n;
    private int k;
    private float[] a = {};
    private int aAt;
    private int lda;
    private float[] b = {};
    private int bAt;
    private int ldb;
    private @Nullable PackedMatrix packed;
    private float[] c = {};
    private int cAt;
    private int ldc;
    private boolean accumulate;
    private int rowParts;
    private int columnParts;

    public Gemm(ThreadTeam team) {
        this.team = team;
        this.serial = new SerialGemm[team.threads()];
        for (int i = 0; i < serial.length; i++) {
            serial[i] = new SerialGemm();
        }
    }

    public ThreadTeam team() {
        return team;
    }

    /** The single-threaded products of one worker, for use inside a task of the team. */
    public SerialGemm serial(int worker) {
        return serial[worker];
    }

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
        product(Layout.NN, m, n, k, a, aAt, lda, b, bAt, ldb, c, cAt, ldc, accumulate);
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
        product(Layout.NT, m, n, k, a, aAt, lda, b, bAt, ldb, c, cAt, ldc, accumulate);
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
        product(Layout.TN, m, n, k, a, aAt, lda, b, bAt, ldb, c, cAt, ldc, accumulate);
    }

    /** C[m, n] = A[m, k] B, added to C when {@code accumulate}; the bits are those of {@link #nn}. */
    public void packed(
            int m, float[] a, int aAt, int lda, PackedMatrix b, float[] c, int cAt, int ldc, boolean accumulate) {
        packed = b;
        product(Layout.PACKED, m, b.n(), b.k(), a, aAt, lda, a, 0, 0, c, cAt, ldc, accumulate);
        packed = null;
    }

    private void product(
            Layout layout,
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
        this.layout = layout;
        this.m = m;
        this.n = n;
        this.k = k;
        this.a = a;
        this.aAt = aAt;
        this.lda = lda;
        this.b = b;
        this.bAt = bAt;
        this.ldb = ldb;
        this.c = c;
        this.cAt = cAt;
        this.ldc = ldc;
        this.accumulate = accumulate;
        long work = (long) m * n * k;
        split((int) Math.min(team.threads(), Math.max(1, work / WORTH_A_WORKER)));
        team.run(rowParts * columnParts, 1, part);
    }

    /** Chooses the grid of at most {@code parts} rectangles: the largest one should be small, then its sides (what it packs). */
    private void split(int parts) {
        rowParts = 1;
        columnParts = 1;
        long best = Long.MAX_VALUE;
        for (int r = 1; r <= parts; r++) {
            int s = parts / r;
            long rows = share(m, r, SerialGemm.MR);
            long columns = share(n, s, SerialGemm.NR);
            long cost = rows * columns * 64 + (rows + columns) * 512;
            if (cost < best) {
                best = cost;
                rowParts = r;
                columnParts = s;
            }
        }
    }

    private static int share(int size, int parts, int unit) {
        int units = (size + unit - 1) / unit;
        return Math.min(size, (units + parts - 1) / parts * unit);
    }

    /** The border before part i when size is cut in parts of whole units. */
    private static int border(int size, int parts, int i, int unit) {
        int units = (size + unit - 1) / unit;
        return Math.min(size, (int) ((long) units * i / parts) * unit);
    }

    private void part(int worker, int from, int to) {
        for (int i = from; i < to; i++) {
            int row = i / columnParts;
            int column = i % columnParts;
            int r0 = border(m, rowParts, row, SerialGemm.MR);
            int r1 = border(m, rowParts, row + 1, SerialGemm.MR);
            int s0 = border(n, columnParts, column, SerialGemm.NR);
            int s1 = border(n, columnParts, column + 1, SerialGemm.NR);
            if (r0 < r1 && s0 < s1) {
                rectangle(serial[worker], r0, r1 - r0, s0, s1 - s0);
            }
        }
    }

    private void rectangle(SerialGemm gemm, int row, int rows, int column, int columns) {
        int cFrom = cAt + row * ldc + column;
        switch (layout) {
            case NN ->
                gemm.nn(rows, columns, k, a, aAt + row * lda, lda, b, bAt + column, ldb, c, cFrom, ldc, accumulate);
            case NT -> {
                if (DotKernels.suit(m, k)) {
                    DotKernels.nt(
                            rows,
                            columns,
                            k,
                            a,
                            aAt + row * lda,
                            lda,
                            b,
                            bAt + column * ldb,
                            ldb,
                            c,
                            cFrom,
                            ldc,
                            accumulate);
                } else {
                    gemm.nt(
                            rows,
                            columns,
                            k,
                            a,
                            aAt + row * lda,
                            lda,
                            b,
                            bAt + column * ldb,
                            ldb,
                            c,
                            cFrom,
                            ldc,
                            accumulate);
                }
            }
            case TN -> gemm.tn(rows, columns, k, a, aAt + row, lda, b, bAt + column, ldb, c, cFrom, ldc, accumulate);
            case PACKED ->
                gemm.packed(
                        rows,
                        column,
                        column + columns,
                        a,
                        aAt + row * lda,
                        lda,
                        Objects.requireNonNull(packed),
                        c,
                        cFrom,
                        ldc,
                        accumulate);
        }
    }
}
