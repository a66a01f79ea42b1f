package genka.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Every kernel equals its scalar twin to the bit, at any width, with offsets, and leaves what lies round its rows alone. */
class ElementwiseTest {
    private static final int[] WIDTHS = {0, 1, 2, 7, 12, 13, 16, 31, 33, 48, 65, 127};
    private static final int ROWS = 3;

    @Test
    void dotsOfRowsAreThoseOfEachRow() {
        for (int width : WIDTHS) {
            float[] x = values(2 + ROWS * (width + 5), 16);
            float[] y = values(1 + ROWS * (width + 2), 17);
            float[] dots = new float[ROWS];
            Rows.dots(ROWS, width, x, 2, width + 5, y, 1, width + 2, dots);
            for (int r = 0; r < ROWS; r++) {
                assertThat(dots[r]).isEqualTo(Vectors.dot(width, x, 2 + r * (width + 5), y, 1 + r * (width + 2)));
            }
        }
    }

    @Test
    void sumsAndScaledAdditionEqualTheTwin() {
        for (int n : WIDTHS) {
            float[] x = values(n + 4, 1);
            float[] y = values(n + 5, 2);
            assertThat(Vectors.dot(n, x, 3, y, 2)).isEqualTo(Reference.dot(n, x, 3, y, 2));
            float[] sum = y.clone();
            float[] scaled = y.clone();
            float[] moved = y.clone();
            Vectors.add(n, x, 3, sum, 2);
            Vectors.scale(n, 0.3f, scaled, 2);
            Vectors.axpy(n, 0.3f, x, 3, moved, 2);
            for (int i = 0; i < y.length; i++) {
                boolean inside = i >= 2 && i < n + 2;
                assertThat(sum[i]).isEqualTo(inside ? y[i] + x[i + 1] : y[i]);
                assertThat(scaled[i]).isEqualTo(inside ? y[i] * 0.3f : y[i]);
                assertThat(moved[i]).isEqualTo(inside ? Math.fma(0.3f, x[i + 1], y[i]) : y[i]);
            }
        }
    }

    @Test
    void weightedSumsOfRowsEqualTheTwin() {
        for (int width : new int[] {1, 16, 31, 32, 47, 128, 200, 272}) {
            for (int rows : new int[] {0, 1, 9}) {
                int ldb = width + 3;
                float[] a = values(2 + rows, 31);
                float[] b = values(5 + rows * ldb, 32);
                float[] c = values(4 + width, 33);
                float[] expected = c.clone();
                for (int j = 0; j < width; j++) {
                    float sum = 0;
                    for (int p = 0; p < rows; p++) {
                        sum = Math.fma(a[2 + p], b[5 + p * ldb + j], sum);
                    }
                    expected[4 + j] = sum;
                }
                RowSums.of(rows, width, a, 2, b, 5, ldb, c, 4);
                assertThat(c).isEqualTo(expected);
            }
        }
    }

    @Test
    void sumOfSquaresIsTheSameAtAnyNumberOfThreads() {
        int n = 40 * Vectors.BLOCK + 13;
        float[] x = values(n + 3, 5);
        double exact = 0;
        for (int i = 3; i < n + 3; i++) {
            exact += (double) x[i] * x[i];
        }
        try (ThreadTeam one = new ThreadTeam(1);
                ThreadTeam three = new ThreadTeam(3)) {
            double sum = Vectors.sumSquares(one, x, 3, n);
            assertThat(sum).isCloseTo(exact, within(1e-10 * exact));
            assertThat(Vectors.sumSquares(three, x, 3, n)).isEqualTo(sum);
            assertThat(Vectors.sumSquares(one, x, 3, 0)).isZero();
        }
    }

    @Test
    void softmaxEqualsTheTwin() {
        for (int n : WIDTHS) {
            float[] x = values(n + 5, 3);
            float[] expected = x.clone();
            Softmax.row(n, 4f, x, 2);
            Reference.softmax(n, 4f, expected, 2);
            assertThat(x).isEqualTo(expected);
        }
    }

    /** Whole vectors are computed, so that only with whole vectors all that is written equals the twin's. */
    @Test
    void causalSoftmaxEqualsTheTwin() {
        int count = 32;
        int ld = 37;
        for (int from : new int[] {0, 32, 64}) {
            int keys = from + count;
            int blockStep = keys * SerialGemm.COLUMN_BLOCK;
            float[] scores = values(keys * ld, 3);
            float[][] blocks = new float[2][keys * count];
            float[][] largest = new float[2][count];
            float[][] sums = new float[2][count];
            CausalSoftmax.forward(from, count, keys, 4f, scores, ld, blocks[0], blockStep, largest[0], sums[0]);
            Reference.causalSoftmax(from, count, keys, 4f, scores, ld, blocks[1], blockStep, largest[1], sums[1]);
            assertThat(blocks[0]).isEqualTo(blocks[1]);
            assertThat(largest[0]).isEqualTo(largest[1]);
            assertThat(sums[0]).isEqualTo(sums[1]);
        }
    }

    @Test
    void causalSoftmaxBackwardEqualsTheTwin() {
        int from = 64;
        int count = 96;
        int ld = count;
        for (int fromKey : new int[] {0, 32, 64, 96}) {
            int toKey = fromKey + 29;
            int skipped = Math.max(0, fromKey - from);
            int blockStep = 160 * SerialGemm.COLUMN_BLOCK;
            float[][] scores = new float[2][];
            float[][] dp = new float[2][];
            float[][] blocks = new float[2][160 * count];
            Arrays.setAll(scores, i -> values(29 * ld, 3));
            Arrays.setAll(dp, i -> values(29 * ld, 4));
            float[] most = values(count, 5);
            float[] sums = values(count, 6);
            float[] dots = values(count, 7);
            CausalSoftmax.backward(
                    fromKey, toKey, from, skipped, count, 4f, scores[0], dp[0], ld, blocks[0], blockStep, most, sums,
                    dots);
            Reference.causalSoftmaxBackward(
                    fromKey, toKey, from, skipped, count, 4f, scores[1], dp[1], ld, blocks[1], blockStep, most, sums,
                    dots);
            assertThat(scores[0]).isEqualTo(scores[1]);
            assertThat(dp[0]).isEqualTo(dp[1]);
            assertThat(blocks[0]).isEqualTo(blocks[1]);
        }
    }

    @Test
    void copiedRowsAreThoseOfTheOtherMatrix() {
        for (int width : WIDTHS) {
            float[] from = values(2 + ROWS * (width + 5), 16);
            float[] to = values(1 + ROWS * (width + 2), 17);
            float[] expected = to.clone();
            Rows.copy(ROWS, width, from, 2, width + 5, to, 1, width + 2);
            for (int r = 0; r < ROWS; r++) {
                System.arraycopy(from, 2 + r * (width + 5), expected, 1 + r * (width + 2), width);
            }
            assertThat(to).isEqualTo(expected);
        }
    }

    @Test
    void crossEntropyAndItsGradientEqualTheTwin() {
        for (int vocab : WIDTHS) {
            if (vocab == 0) {
                continue;
            }
            float[] logits = values(ROWS * vocab, 6);
            logits[vocab / 2] = vocab > 1 ? Float.NEGATIVE_INFINITY : 0;
            int[] targets = {vocab - 1, -1, 0};
            float[][] actual = new float[3][ROWS];
            float[][] expected = new float[3][ROWS];
            CrossEntropy.logProbs(0, ROWS, vocab, logits, 0, targets, actual[0], actual[1], actual[2]);
            Reference.logProbs(0, ROWS, vocab, logits, targets, expected[0], expected[1], expected[2]);
            assertThat(actual).isDeepEqualTo(expected);
            float[] weight = {0.5f, 1, -2};
            float[] expectedLogits = logits.clone();
            CrossEntropy.gradient(0, ROWS, vocab, logits, 0, targets, actual[2], weight);
            Reference.logitGradient(0, ROWS, vocab, expectedLogits, targets, actual[2], weight);
            assertThat(logits).isEqualTo(expectedLogits);
        }
    }

    @Test
    void entropyOfEqualLogitsIsTheLogarithmOfTheVocabulary() {
        float[] entropy = new float[1];
        float[] logProb = new float[1];
        CrossEntropy.logProbs(0, 1, 50, new float[50], 0, new int[] {7}, logProb, entropy, new float[1]);
        assertThat(entropy[0]).isCloseTo((float) Math.log(50), within(1e-6f));
        assertThat(logProb[0]).isCloseTo((float) -Math.log(50), within(1e-6f));
    }

    @Test
    void swiGluAndItsBackwardEqualTheTwin() {
        for (int width : WIDTHS) {
            float[] gateUp = values(5 + 2 * ROWS * width, 7);
            float[] h = values(2 + ROWS * width, 8);
            float[] expected = h.clone();
            SwiGlu.forward(1, ROWS, width, gateUp, 5, h, 2);
            Reference.swiGlu(1, ROWS, width, gateUp, 5, expected, 2);
            assertThat(h).isEqualTo(expected);
            float[] gradient = gateUp.clone();
            float[] again = values(7 + ROWS * width, 18);
            float[] expectedAgain = again.clone();
            SwiGlu.backward(1, ROWS, width, gateUp, 5, h, 2, again, 7);
            Reference.swiGluBackward(1, ROWS, width, gradient, 5, h, 2, expectedAgain, 7);
            assertThat(gateUp).isEqualTo(gradient);
            assertThat(again).isEqualTo(expectedAgain);
        }
    }

    @Test
    void rmsNormAndItsBackwardEqualTheTwin() {
        for (int width : WIDTHS) {
            int ldx = width + 3;
            int ldy = width + 1;
            float[] x = values(4 + ROWS * ldx, 9);
            float[] w = values(2 + width, 10);
            float[] y = values(1 + ROWS * ldy, 11);
            float[] expected = y.clone();
            float[] inverse = new float[ROWS];
            float[] expectedInverse = new float[ROWS];
            RmsNorm.forward(0, ROWS, width, 1e-6f, x, 4, ldx, w, 2, y, 1, ldy, inverse);
            Reference.rmsNorm(0, ROWS, width, 1e-6f, x, 4, ldx, w, 2, expected, 1, ldy, expectedInverse);
            assertThat(y).isEqualTo(expected);
            assertThat(inverse).isEqualTo(expectedInverse);
            for (boolean accumulate : new boolean[] {false, true}) {
                float[] dx = values(x.length, 12);
                float[] expectedGradient = dx.clone();
                RmsNorm.backward(0, ROWS, width, x, 4, ldx, w, 2, inverse, y, 1, ldy, dx, 4, ldx, accumulate);
                Reference.rmsNormBackward(
                        0, ROWS, width, x, 4, ldx, w, 2, inverse, y, 1, ldy, expectedGradient, 4, ldx, accumulate);
                assertThat(dx).isEqualTo(expectedGradient);
            }
            float[] dw = values(2 + width, 13);
            float[] expectedWeight = dw.clone();
            RmsNorm.weightGradient(1, ROWS, width, x, 4, ldx, inverse, y, 1, ldy, dw, 2);
            Reference.rmsNormWeightGradient(1, ROWS, width, x, 4, ldx, inverse, y, 1, ldy, expectedWeight, 2);
            assertThat(dw).isEqualTo(expectedWeight);
        }
    }

    @Test
    void rotationEqualsTheTwinAndTurnsBack() {
        int[] positions = {2, 0, 1};
        for (int pairs : new int[] {1, 2, 4, 7, 8, 9, 16, 32, 33}) {
            int head = 2 * pairs + 1;
            float[] angles = values(3 * pairs, 14);
            float[] cos = new float[angles.length];
            float[] sin = new float[angles.length];
            for (int i = 0; i < angles.length; i++) {
                cos[i] = (float) Math.cos(angles[i]);
                sin[i] = (float) Math.sin(angles[i]);
            }
            float[] x = values(3 + ROWS * 2 * head, 15);
            float[] before = x.clone();
            float[] expected = x.clone();
            Rotary.rotate(0, ROWS, 2, pairs, x, 3, 2 * head, head, positions, cos, sin, false);
            Reference.rotate(0, ROWS, 2, pairs, expected, 3, 2 * head, head, positions, cos, sin, false);
            assertThat(x).isEqualTo(expected);
            Rotary.rotate(0, ROWS, 2, pairs, x, 3, 2 * head, head, positions, cos, sin, true);
            assertThat(x).containsExactly(before, within(1e-6f));
        }
    }

    @Test
    void adamWEqualsTheTwin() {
        for (int n : WIDTHS) {
            float[][] actual = {values(n + 4, 16), values(n + 4, 17), values(n + 4, 18), values(n + 4, 19)};
            for (int i = 0; i < n + 4; i++) {
                actual[3][i] *= actual[3][i];
            }
            float[][] expected = {actual[0].clone(), actual[1].clone(), actual[2].clone(), actual[3].clone()};
            float[] second = Arrays.copyOfRange(actual[3], 1, n + 4); // as its own array may begin elsewhere
            for (int step = 1; step <= 3; step++) {
                AdamWStep.update(
                        2, n + 2, actual[0], actual[1], actual[2], second, 1, 1e-2, 0.9, 0.95, 1e-8, 0.1, 0.7, step);
                Reference.adamW(
                        2,
                        n + 2,
                        expected[0],
                        expected[1],
                        expected[2],
                        expected[3],
                        1e-2,
                        0.9,
                        0.95,
                        1e-8,
                        0.1,
                        0.7,
                        step);
            }
            System.arraycopy(second, 0, actual[3], 1, second.length);
            assertThat(actual).isDeepEqualTo(expected);
        }
    }

    private static float[] values(int n, long seed) {
        SeededRandom random = SeededRandom.of(seed);
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = (float) random.nextGaussian();
        }
        return x;
    }
}
