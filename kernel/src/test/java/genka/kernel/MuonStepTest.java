package genka.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MuonStepTest {
    private static final double RATE = 0.02;
    private static final double MOMENTUM = 0.9;
    private static final double DECAY = 0.1;
    private static final double CLIP = 0.5;

    /** Three updates beside arXiv 2502.16982 §2.2 written down in double, at a place in the middle of the arrays. */
    @ParameterizedTest
    @CsvSource({"1, 1", "4, 64", "24, 40", "40, 24", "64, 64", "33, 17", "130, 70", "1, 50", "50, 1"})
    void threeUpdatesEqualThePaper(int rows, int columns) {
        int n = rows * columns;
        int at = 5;
        float[] p = random(n + 9, 1);
        float[] m = new float[n + 9];
        double[] expected = doubles(p);
        double[] momentum = new double[n];
        MuonStep step = new MuonStep(5, n + 3, Math.min(rows, columns) + 1);
        for (int t = 2; t < 5; t++) {
            float[] g = random(n + 9, t);
            float[] before = g.clone();
            step.update(rows, columns, at, p, g, m, RATE, MOMENTUM, DECAY, CLIP);
            assertThat(g).isEqualTo(before);
            double[] look = new double[n];
            for (int i = 0; i < n; i++) {
                momentum[i] = MOMENTUM * momentum[i] + CLIP * g[at + i];
                look[i] = CLIP * g[at + i] + MOMENTUM * momentum[i];
            }
            double[] o = orthogonal(rows, columns, look);
            for (int i = 0; i < n; i++) {
                expected[at + i] -= RATE * (0.2 * Math.sqrt(Math.max(rows, columns)) * o[i] + DECAY * expected[at + i]);
            }
        }
        for (int i = 0; i < p.length; i++) {
            assertThat((double) p[i]).as("value " + i).isCloseTo(expected[i], within(2e-5));
        }
        assertThat(m[at - 1]).isZero();
        assertThat(m[at + n]).isZero();
    }

    /** Of a matrix that is far from orthogonal: singular values 1 to 0.02. */
    @Test
    void singularValuesComeNearOne() {
        int side = 48;
        float[] g = new float[side * side];
        float[] rotation = random(side * side, 7);
        float[] turned = new MuonStep(5, side * side, side).orthogonal(side, side, rotation);
        for (int i = 0; i < side; i++) {
            for (int j = 0; j < side; j++) {
                g[i * side + j] = turned[i * side + j] * (1 - 0.98f * j / (side - 1));
            }
        }
        float[] o = new MuonStep(5, side * side, side).orthogonal(side, side, g);
        double squares = 0;
        for (float value : o) {
            squares += (double) value * value;
        }
        assertThat(squares / side).isBetween(0.7 * 0.7, 1.2 * 1.2);
    }

    @Test
    void aGradientOfZerosOnlyDecays() {
        float[] p = {1, 2, 3, 4, 5, 6};
        new MuonStep(5, 6, 2).update(2, 3, 0, p, new float[6], new float[6], 0.5, 0.9, 0.1, 1);
        assertThat(p).containsExactly(new float[] {0.95f, 1.9f, 2.85f, 3.8f, 4.75f, 5.7f}, within(1e-6f));
    }

    @Test
    void anInstanceThatWorkedOnAnotherMatrixGivesTheSameBits() {
        MuonStep used = new MuonStep(5, 128 * 96, 96);
        used.orthogonal(128, 96, random(128 * 96, 3));
        float[] g = random(30 * 50, 4);
        assertThat(used.orthogonal(30, 50, g)).isEqualTo(new MuonStep(5, 30 * 50, 30).orthogonal(30, 50, g));
    }

    private static double[] orthogonal(int rows, int columns, double[] g) {
        double norm = 0;
        for (double value : g) {
            norm += value * value;
        }
        double[] x = new double[g.length];
        for (int i = 0; i < g.length; i++) {
            x[i] = g[i] / (Math.sqrt(norm) + 1e-7);
        }
        for (int iteration = 0; iteration < 5; iteration++) {
            double[] xxt = new double[rows * rows];
            for (int i = 0; i < rows; i++) {
                for (int j = 0; j < rows; j++) {
                    for (int k = 0; k < columns; k++) {
                        xxt[i * rows + j] += x[i * columns + k] * x[j * columns + k];
                    }
                }
            }
            double[] once = times(rows, rows, columns, xxt, x);
            double[] twice = times(rows, rows, columns, xxt, once);
            for (int i = 0; i < x.length; i++) {
                x[i] = 3.4445 * x[i] - 4.7750 * once[i] + 2.0315 * twice[i];
            }
        }
        return x;
    }

    private static double[] times(int rows, int inner, int columns, double[] a, double[] b) {
        double[] c = new double[rows * columns];
        for (int i = 0; i < rows; i++) {
            for (int k = 0; k < inner; k++) {
                for (int j = 0; j < columns; j++) {
                    c[i * columns + j] += a[i * inner + k] * b[k * columns + j];
                }
            }
        }
        return c;
    }

    private static double[] doubles(float[] x) {
        double[] y = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            y[i] = x[i];
        }
        return y;
    }

    private static float[] random(int n, long seed) {
        SeededRandom random = SeededRandom.of(seed);
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = (float) random.nextGaussian();
        }
        return x;
    }
}
