package genka.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class GemmBenchTest {
    /** One vector operation that the compiler does not inline costs a factor of 16; this fails then. */
    @Test
    @Tag("long")
    void compiledProductsStayAboveAQuarterOfThePeak() {
        try (ThreadTeam team = new ThreadTeam(1)) {
            GemmBench.Report report = new GemmBench(team, 1_500_000_000L).measure(new int[][] {{128, 128, 128}});
            assertThat(report.rows())
                    .hasSize(4)
                    .allSatisfy(
                            row -> assertThat(row.gflops()).as(row.layout()).isGreaterThan(report.peakGflops() / 4));
        }
    }

    @Test
    void reportsEveryShapeInEveryLayout() {
        try (ThreadTeam team = new ThreadTeam(2)) {
            GemmBench.Report report = new GemmBench(team, 0).measure(new int[][] {{5, 6, 7}, {8, 9, 10}});
            assertThat(report.rows())
                    .extracting(GemmBench.Row::layout)
                    .containsExactly("NN", "NT", "TN", "packed", "NN", "NT", "TN", "packed");
            assertThat(report.threads()).isEqualTo(2);
            assertThat(report.peakGflops()).isPositive();
            assertThat(report.rows()).allSatisfy(row -> {
                assertThat(row.gflops()).isPositive();
                assertThat(row.peakShare()).isBetween(0.0, 1.0);
                assertThat(row.threadsRatio()).isPositive();
            });
            assertThat(report.tails())
                    .hasSize(12)
                    .allSatisfy(tail -> assertThat(tail.timeRatio()).isPositive());
            assertThat(report.tails()).extracting(GemmBench.Tail::dimension).containsOnly("m", "n", "k");
        }
    }
}
