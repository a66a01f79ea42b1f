package genka.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PackedMatrixTest {
    private static final int[] ROWS = {0, 1, 2, 5, 12, 13, 31, 65, 127};
    private static final int[] COLUMNS = {0, 1, 4, 7, 16, 17, 31, 32, 33, 48, 65, 96};
    private static final int[] DEPTHS = {0, 1, 15, 16, 65, 300};
    private static final int PAD = 5;
    private static final float SEVENS = Float.intBitsToFloat(0x07070707);

    @Test
    void everySizeEqualsTheDefinition() {
        try (ThreadTeam team = new ThreadTeam(1)) {
            Gemm gemm = new Gemm(team);
            for (int m : ROWS) {
                for (int n : COLUMNS) {
                    for (int k : DEPTHS) {
                        check(gemm, m, n, k, (m + n + k) % 2 == 0, (m + n) % 2 == 0);
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
                check(gemm, 301, 277, 530, true, false);
                check(gemm, 7, 1090, 260, false, true);
                check(gemm, 1, 1090, 260, true, true);
                check(gemm, 1090, 9, 600, false, false);
            }
        }
    }

    @Test
    void someColumnsAreThoseOfAll() {
        int k = 20;
        float[] a = values(30 * k, 1);
        PackedMatrix packed = new PackedMatrix(k, 96);
        packed.pack(values(k * 96, 2), 0, 96);
        float[] all = new float[30 * 96];
        new SerialGemm().packed(30, a, 0, k, packed, all, 0, 96, false);
        for (int from : new int[] {0, 32, 64}) {
            for (int to : COLUMNS) {
                float[] some = new float[30 * 96];
                new SerialGemm().packedColumns(30, from, Math.max(from, to), a, 0, k, packed, some, 0, 96);
                for (int i = 0; i < 30; i++) {
                    for (int j = from; j < to; j++) {
                        assertThat(some[i * 96 + j - from]).isEqualTo(all[i * 96 + j]);
                    }
                }
            }
        }
    }

    @Test
    void rowsPackedPartByPartAreThoseOfAll() {
        int k = 90;
        for (int n : COLUMNS) {
            float[] b = values(k * (n + PAD), 2);
            float[] a = values(30 * k, 1);
            PackedMatrix[] packed = {new PackedMatrix(k, n), new PackedMatrix(k, n)};
            packed[0].pack(b, 0, n + PAD);
            packed[1].packRows(31, k, b, 31 * (n + PAD), n + PAD);
            packed[1].packRows(0, 7, b, 0, n + PAD);
            packed[1].packRows(7, 31, b, 7 * (n + PAD), n + PAD);
            float[][] c = new float[2][30 * n];
            for (int i = 0; i < 2; i++) {
                new SerialGemm().packed(30, a, 0, k, packed[i], c[i], 0, n, false);
            }
            assertThat(c[1]).isEqualTo(c[0]);
        }
    }

    @Test
    void someRowsGiveTheProductOfThoseAlone() {
        float[] b = values(700 * 40, 2);
        float[] a = values(7 + 30 * 700, 1);
        PackedMatrix packed = new PackedMatrix(700, 40);
        packed.pack(b, 0, 40);
        for (int from : new int[] {0, 3, 128}) {
            for (int to : new int[] {from, 128, 700}) {
                float[][] c = {values(30 * 43, 4), values(30 * 43, 4)};
                new SerialGemm().packedRows(30, from, to, a, 7, 700, packed, c[0], 2, 43, from > 0);
                new SerialGemm().nn(30, 40, to - from, a, 7, 700, b, from * 40, 40, c[1], 2, 43, from > 0);
                if (to > from) {
                    assertThat(c[0]).isEqualTo(c[1]);
                }
            }
        }
    }

    @Test
    void aBlockOfColumnsGivesTheProductOfItsTranspose() {
        int block = SerialGemm.COLUMN_BLOCK;
        float[] a = values(200 * block + block, 1);
        float[] b = values(200 * 40, 2);
        PackedMatrix packed = new PackedMatrix(200, 40);
        packed.pack(b, 0, 40);
        for (int m = 0; m <= block; m++) {
            for (int k : new int[] {1, 17, 200}) {
                float[][] c = new float[2][block * 43];
                new SerialGemm().columnBlock(m, k, a, 0, packed, c[0], 2, 43);
                new SerialGemm().tn(m, 40, k, a, 0, block, b, 0, 40, c[1], 2, 43, false);
                assertThat(c[0]).isEqualTo(c[1]);
            }
        }
    }

    @Test
    void aMatrixTakesAnotherShapeInItsRoom() {
        float[] values = values(24 * 40, 3);
        PackedMatrix fresh = new PackedMatrix(24, 40);
        fresh.pack(values, 0, 40);
        PackedMatrix other = new PackedMatrix(32, 48);
        other.reshape(24, 40);
        other.pack(values, 0, 40);
        float[][] c = new float[2][5 * 40];
        float[] a = values(5 * 24, 4);
        new SerialGemm().packed(5, a, 0, 24, fresh, c[0], 0, 40, false);
        new SerialGemm().packed(5, a, 0, 24, other, c[1], 0, 40, false);
        assertThat(c[1]).isEqualTo(c[0]);
        assertThat(other.fits(32, 49)).isFalse();
    }

    @Test
    void packingAgainReplacesTheValues() {
        float[] first = values(48 * 20, 1);
        float[] second = values(48 * 20, 2);
        PackedMatrix repacked = new PackedMatrix(20, 48);
        repacked.packTransposed(first, 0, 20);
        repacked.packTransposed(second, 0, 20);
        PackedMatrix fresh = new PackedMatrix(20, 48);
        fresh.packTransposed(second, 0, 20);
        assertThat(floats(repacked.values())).isEqualTo(floats(fresh.values()));
    }

    @Test
    void aFarMatrixGivesTheSameBits() {
        float[] a = values(37 * 300, 3);
        PackedMatrix matrix = new PackedMatrix(300, 65);
        matrix.packTransposed(values(300 * 65, 4), 0, 300);
        float[] near = new float[37 * 65];
        new SerialGemm().packed(37, a, 0, 300, matrix, near, 0, 65, false);
        matrix.far(true);
        float[] far = new float[37 * 65];
        new SerialGemm().packed(37, a, 0, 300, matrix, far, 0, 65, false);
        assertThat(far).isEqualTo(near);
    }

    @Test
    void packingStaysInItsPartOfTheRoom() {
        for (int n : COLUMNS) {
            for (int k : DEPTHS) {
                AlignedFloats shared = new AlignedFloats(PackedMatrix.size(k, n) + 40);
                shared.memory().fill((byte) 7);
                PackedMatrix matrix = new PackedMatrix(k, n, shared, 20);
                matrix.pack(values(k * n, 3), 0, n);
                matrix.packTransposed(values(k * n, 3), 0, k);
                float[] after = floats(shared);
                assertThat(Arrays.copyOf(after, 20)).containsOnly(SEVENS);
                assertThat(Arrays.copyOfRange(after, after.length - 20, after.length))
                        .containsOnly(SEVENS);
            }
        }
    }

    @Test
    void aMatrixPastItsRoomIsRefused() {
        assertThatThrownBy(() -> new PackedMatrix(4, 4, new AlignedFloats(15), 0))
                .hasMessageContaining("4 × 4 at 0");
    }

    /** Packed from rows or from columns, whole or as part of a shared array; C has a border that must stay as it was. */
    private static void check(Gemm gemm, int m, int n, int k, boolean accumulate, boolean transposed) {
        int lda = k + PAD;
        int ldb = (transposed ? k : n) + PAD;
        int ldc = n + PAD;
        float[] a = values(3 + m * lda, 1);
        float[] b = values(7 + (transposed ? n : k) * ldb, 2);
        float[] c = values(9 + m * ldc + PAD, 3);
        float[] expected = c.clone();
        NaiveGemm.product(
                m, n, k, a, 3, lda, 1, b, 7, transposed ? 1 : ldb, transposed ? ldb : 1, expected, 9, ldc, accumulate);
        PackedMatrix packed = new PackedMatrix(k, n, new AlignedFloats(PackedMatrix.size(k, n) + 11), 11);
        if (transposed) {
            packed.packTransposed(b, 7, ldb);
        } else {
            packed.pack(b, 7, ldb);
        }
        gemm.packed(m, a, 3, lda, packed, c, 9, ldc, accumulate);
        assertThat(c)
                .as("m=%d n=%d k=%d accumulate=%s transposed=%s", m, n, k, accumulate, transposed)
                .isEqualTo(expected);
    }

    private static float[] floats(AlignedFloats room) {
        return room.memory().toArray(ValueLayout.JAVA_FLOAT);
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
