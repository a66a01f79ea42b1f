package genka.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LeastSquaresTest {
    @Test
    void findsWhatRowsSayAndKeepsThePriorWhereTheySayNothing() {
        double[] x = {1, 2, 3, 4, 5, 6, 7, 8};
        LeastSquares.Residuals line = new LeastSquares.Residuals() {
            @Override
            public int rows() {
                return x.length;
            }

            @Override
            public void at(double[] p, double[] into) {
                for (int i = 0; i < x.length; i++) {
                    double outlier = i == 3 ? 5 : 0;
                    into[i] = Math.exp(p[0]) * x[i] - 2.5 * x[i] - outlier;
                }
            }
        };
        double[] found = new LeastSquares(line, new double[] {0, 0.7}, new double[] {2, 0.3}, 0.1, 0.1)
                .fit(new double[] {0, 0.7}, 60);
        assertThat(Math.exp(found[0])).isCloseTo(2.5, within(0.02));
        assertThat(found[1]).isEqualTo(0.7);
    }
}
