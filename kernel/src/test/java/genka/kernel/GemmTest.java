package genka.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GemmTest {
    private static final int[] SIZES = {0, 1, 2, 5, 7, 11, 12, 13, 16, 17, 31, 32, 33, 48, 65, 127};
    private static final int[] DEPTHS = {0, 1, 3, 15, 16, 17, 64, 65, 300};
    private static final int PAD = 5;

    private enum Layout {
        NN,
        NT,
        TN
    }

    @Test
    void everySizeAndLayoutEqualsTheDefinition() {
        try (ThreadTeam team = new ThreadTeam(1)) {
            Gemm gemm = new Gemm(team);
            for (Layout layout : Layout.values()) {
                for (int m : SIZES) {
                    for (int n : SIZES) {
                        for (int k : DEPTHS) {
                            check(gemm, layout, m, n, k, ((m + n + k) & 1) == 0);
                        }
                    }
                }
            }
        }
    }

    @Test
    void largeProductsEqualTheDefinitionAtAnyNumberOfThreads() {
        for (int threads = 1; threads <= 5; threads++) {
            try (ThreadTeam team = new ThreadTeam(threads)) {
                Gemm gemm = new Gemm(team);
                for (Layout layout : Layout.values()) {
                    check(gemm, layout, 301, 277, 530, true);
                    check(gemm, layout, 7, 1090, 260, false);
                    check(gemm, layout, 13, 1090, 260, false);
                    check(gemm, layout, 7, 1090, 64, true);
                    check(gemm, layout, 1, 513, 300, false);
                    check(gemm, layout, 1090, 9, 64, true);
                    check(gemm, layout, 301, 65, 530, true);
                    check(gemm, layout, 301, 34, 130, false);
                    check(gemm, layout, 200, 99, 64, true);
                    check(gemm, layout, 300, 4, 64, false);
                }
            }
        }
    }

    @Test
    void partsOfAProductOnOneThreadHaveTheBitsOfTheWhole() {
        int k = 300;
        float[] a = values(20 * k, 1);
        float[] b = values(40 * k, 2);
        float[] whole = new float[20 * 40];
        float[] parts = new float[20 * 40];
        SerialGemm gemm = new SerialGemm();
        gemm.nt(20, 40, k, a, 0, k, b, 0, k, whole, 0, 40, false);
        for (int row = 0; row < 20; row++) {
            gemm.nt(1, 40, k, a, row * k, k, b, 0, k, parts, row * 40, 40, false);
        }
        assertThat(parts).isEqualTo(whole);
    }

    @Test
    void emptyDepthOverwritesWithZero() {
        float[] c = {1, 2, 3, 4};
        new SerialGemm().nn(1, 2, 0, new float[1], 0, 1, new float[1], 0, 2, c, 1, 2, false);
        assertThat(c).containsExactly(1, 0, 0, 4);
    }

    /** Strides wider than the rows, offsets, and a border round C that must stay as it was. */
    private static void check(Gemm gemm, Layout layout, int m, int n, int k, boolean accumulate) {
        int lda = (layout == Layout.TN ? m : k) + PAD;
        int ldb = (layout == Layout.NT ? k : n) + PAD;
        int ldc = n + PAD;
        float[] a = values(3 + (layout == Layout.TN ? k : m) * lda - (m * k > 0 ? PAD : 0), 1);
        float[] b = values(7 + (layout == Layout.NT ? n : k) * ldb - (n * k > 0 ? PAD : 0), 2);
        float[] c = values(9 + m * ldc + PAD, 3);
        float[] expected = c.clone();
        boolean at = layout == Layout.TN;
        boolean bt = layout == Layout.NT;
        if (bt && DotKernels.suit(m, k)) {
            for (int i = 0; i < m * n; i++) {
                int element = 9 + i / n * ldc + i % n;
                float dot = Reference.dot(k, a, 3 + i / n * lda, b, 7 + i % n * ldb);
                expected[element] = accumulate ? expected[element] + dot : dot;
            }
        } else {
            NaiveGemm.product(
                    m,
                    n,
                    k,
                    a,
                    3,
                    at ? 1 : lda,
                    at ? lda : 1,
                    b,
                    7,
                    bt ? 1 : ldb,
                    bt ? ldb : 1,
                    expected,
                    9,
                    ldc,
                    accumulate);
        }
        switch (layout) {
            case NN -> gemm.nn(m, n, k, a, 3, lda, b, 7, ldb, c, 9, ldc, accumulate);
            case NT -> gemm.nt(m, n, k, a, 3, lda, b, 7, ldb, c, 9, ldc, accumulate);
            case TN -> gemm.tn(m, n, k, a, 3, lda, b, 7, ldb, c, 9, ldc, accumulate);
        }
        assertThat(c)
                .as("%s m=%d n=%d k=%d accumulate=%s", layout, m, n, k, accumulate)
                .isEqualTo(expected);
    }

    private static float[] values(int n, long seed) {
        SeededRandom random = SeededRandom.of(seed);
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = (float) (random.nextDouble() - 0.5);
        }
        return x;
    }
}
