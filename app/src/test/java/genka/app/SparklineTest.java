package genka.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SparklineTest {
    @Test
    void risesFromTheLowestToTheHighestBar() {
        assertThat(Sparkline.of(new double[] {0, 1, 2, 3, 4, 5, 6, 7}, 8)).isEqualTo("▁▂▃▄▅▆▇█");
    }

    @Test
    void manyValuesShareAColumn() {
        assertThat(Sparkline.of(new double[] {0, 0, 0, 7, 7, 7}, 2)).isEqualTo("▁█");
    }

    @Test
    void fewValuesAreNotStretched() {
        assertThat(Sparkline.of(new double[] {1, 2}, 40)).hasSize(2);
    }

    @Test
    void aFlatCurveLiesLowAndGapsStayBlank() {
        assertThat(Sparkline.of(new double[] {5, Double.NaN, 5}, 3)).isEqualTo("▁ ▁");
    }

    @Test
    void noValuesNoCurve() {
        assertThat(Sparkline.of(new double[] {}, 40)).isEmpty();
    }
}
