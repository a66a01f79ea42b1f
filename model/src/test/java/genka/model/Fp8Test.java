package genka.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import genka.kernel.Gemm;
import genka.kernel.SeededRandom;
import genka.kernel.SerialGemm;
import genka.kernel.ThreadTeam;
import genka.model.Fp8Products.Layout;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** e4m3, tiles and promoted sums as FP8 training has them. */
final class Fp8Test {
    private static final int NAN_CODE = 0x7f;

    @Test
    void everyCodeIsItsOwnNearest() {
        for (int code = 0; code < 256; code++) {
            float value = DataType.e4m3((byte) code);
            assertThat(Float.floatToRawIntBits(DataType.roundToE4m3(value)))
                    .as("code " + code)
                    .isEqualTo(Float.floatToRawIntBits(value));
        }
    }

    @Test
    void betweenTwoCodesTheNearerWinsAndHalfWayTheEvenOne() {
        for (int code = 0; code + 1 < NAN_CODE; code++) {
            float low = DataType.e4m3((byte) code);
            float high = DataType.e4m3((byte) (code + 1));
            float half = (low + high) / 2;
            for (int sign : new int[] {1, -1}) {
                assertThat(DataType.roundToE4m3(sign * Math.nextDown(half))).isEqualTo(sign * low);
                assertThat(DataType.roundToE4m3(sign * Math.nextUp(half))).isEqualTo(sign * high);
                assertThat(DataType.roundToE4m3(sign * half)).isEqualTo(sign * (code % 2 == 0 ? low : high));
            }
        }
    }

    @Test
    void whatIsTooLargeSaturatesAndNothingElseIsLost() {
        for (float large : new float[] {448, 449, 464, 465, 1e9f, Float.MAX_VALUE, Float.POSITIVE_INFINITY}) {
            assertThat(DataType.roundToE4m3(large)).isEqualTo(448);
            assertThat(DataType.roundToE4m3(-large)).isEqualTo(-448);
        }
        assertThat(DataType.roundToE4m3(Float.NaN)).isNaN();
        assertThat(DataType.roundToE4m3(Float.MIN_VALUE)).isZero();
    }

    @Test
    void aTileIsScaledSoThatItsLargestBecomes448() {
        float[] x = TestModels.gaussian(3 * 300, 1);
        x[130] = 1000;
        float[] tiled = new float[x.length];
        Fp8Tiles.alongRows(3, 300, x, 0, 300, tiled);
        for (int row = 0; row < 3; row++) {
            for (int from = 0; from < 300; from += 128) {
                expectTile(x, tiled, row * 300 + from, Math.min(300, from + 128) - from, 1);
            }
        }
        float[] columns = new float[x.length];
        Fp8Tiles.alongColumns(300, 3, x, 0, 3, columns);
        for (int column = 0; column < 3; column++) {
            expectTile(x, columns, column, 128, 3);
        }
        assertThat(tiled[130]).isEqualTo(1000);
    }

    private static void expectTile(float[] x, float[] tiled, int at, int count, int stride) {
        float largest = 0;
        for (int i = 0; i < count; i++) {
            largest = Math.max(largest, Math.abs(x[at + i * stride]));
        }
        float scale = largest / 448;
        for (int i = 0; i < count; i++) {
            int place = at + i * stride;
            assertThat(tiled[place]).isEqualTo(DataType.roundToE4m3(x[place] / scale) * scale);
            assertThat((double) tiled[place]).isCloseTo(x[place], within(Math.abs(x[place]) / 16.0 + scale / 1024));
        }
    }

    @Test
    void blocksOfWeightsHaveOneScaleEach() {
        float[] w = new float[200 * 150];
        Arrays.fill(w, 1);
        w[0] = 4_480_000;
        w[140] = 2;
        float[] blocks = new float[w.length];
        Fp8Tiles.blocks(200, 150, w, 0, blocks, 0);
        assertThat(blocks[1]).as("drowned by the first").isZero();
        assertThat(blocks[141]).as("another block").isEqualTo(1);
        assertThat(blocks[130 * 150]).as("the block below").isEqualTo(1);
    }

    @Test
    void tilesOfZerosAndOfTinyValuesStay() {
        float[] zeros = new float[128];
        Fp8Tiles.alongRows(1, 128, zeros.clone(), 0, 128, zeros);
        assertThat(zeros).containsOnly(0);
        float[] tiny = new float[128];
        Arrays.fill(tiny, 1e-30f);
        float[] tiled = new float[128];
        Fp8Tiles.alongRows(1, 128, tiny, 0, 128, tiled);
        assertThat((double) tiled[5]).isCloseTo(1e-30, within(1e-35));
    }

    /** arXiv 2412.19437 §3.3.2: at K = 4096 sums of 14 bits are up to nearly 2 % off; promoted every 128 they are not. */
    @Test
    void promotionKeepsLongSumsRight() {
        int k = 4096;
        int n = 24;
        float[] a = new float[n * k];
        float[] b = new float[n * k];
        Fp8Tiles.alongRows(n, k, uniform(n * k, 2), 0, k, a);
        Fp8Tiles.alongRows(n, k, uniform(n * k, 3), 0, k, b);
        double limited = worst(a, b, n, k, k);
        double promoted = worst(a, b, n, k, Fp8Tiles.TILE);
        assertThat(limited).isBetween(0.002, 0.02);
        assertThat(promoted).isLessThan(limited / 8);
    }

    private static double worst(float[] a, float[] b, int n, int k, int every) {
        float[] product = Fp8Products.product(new SerialGemm(), Layout.NT, n, n, k, a, 0, k, b, 0, k, every);
        double worst = 0;
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                double exact = 0;
                for (int p = 0; p < k; p++) {
                    exact += (double) a[i * k + p] * b[j * k + p];
                }
                worst = Math.max(worst, Math.abs(product[i * n + j] - exact) / Math.abs(exact));
            }
        }
        return worst;
    }

    @Test
    void theLayoutsAgree() {
        int m = 5;
        int n = 7;
        int k = 150;
        float[] a = TestModels.gaussian(m * k, 4);
        float[] b = TestModels.gaussian(n * k, 5);
        SerialGemm serial = new SerialGemm();
        float[] nt = Fp8Products.product(serial, Layout.NT, m, n, k, a, 0, k, b, 0, k, 128);
        assertThat(Fp8Products.product(serial, Layout.NN, m, n, k, a, 0, k, transposed(b, n, k), 0, n, 128))
                .usingComparatorWithPrecision(1e-2f)
                .containsExactly(nt);
        assertThat(Fp8Products.product(
                        serial, Layout.TN, m, n, k, transposed(a, m, k), 0, m, transposed(b, n, k), 0, n, 128))
                .usingComparatorWithPrecision(1e-2f)
                .containsExactly(nt);
    }

    private static float[] transposed(float[] x, int rows, int columns) {
        float[] y = new float[x.length];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                y[c * rows + r] = x[r * columns + c];
            }
        }
        return y;
    }

    /** Loss and gradients of a whole model are near those of float, and not the same: all layers' products are quantised. */
    @Test
    void aModelInFp8IsNearTheSameModelInFloat() {
        try (ThreadTeam team = new ThreadTeam(1)) {
            Model model = TestModels.random(TestModels.spec(16, TestModels.SIGMOID, 1, false), 11);
            TokenBatch batch = TestModels.batch(model.spec().vocabSize(), 12, 17, 20, 9);
            Gemm gemm = new Gemm(team);
            ModelPass floats = new ModelPass(model, gemm);
            double expected = floats.crossEntropy(batch, 43, 0.3, 0).sum();
            float[] gradients = model.parameters().gradients().clone();
            Arrays.fill(model.parameters().gradients(), 0);
            Model view = new Model(model.spec(), model.parameters().simulatingFp8());
            double loss =
                    new ModelPass(view, gemm).crossEntropy(batch, 43, 0.3, 0).sum();
            assertThat(loss).isNotEqualTo(expected).isCloseTo(expected, within(0.02 * expected));
            for (Parameters.Entry entry : model.parameters().entries()) {
                if (entry.trainable() && entry.shape().size() == 2) {
                    double cosine = cosine(gradients, model.parameters().gradients(), entry);
                    assertThat(cosine).as(entry.name()).isGreaterThan(0.95).isLessThan(0.9999999);
                }
            }
        }
    }

    private static double cosine(float[] a, float[] b, Parameters.Entry entry) {
        double ab = 0;
        double aa = 0;
        double bb = 0;
        for (int i = entry.offset(); i < entry.offset() + entry.size(); i++) {
            ab += (double) a[i] * b[i];
            aa += (double) a[i] * a[i];
            bb += (double) b[i] * b[i];
        }
        return aa == 0 && bb == 0 ? 0.99 : ab / Math.sqrt(aa * bb);
    }

    private static float[] uniform(int n, long seed) {
        SeededRandom random = SeededRandom.of(seed);
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = random.nextInt(1 << 20) / (float) (1 << 20);
        }
        return x;
    }
}
