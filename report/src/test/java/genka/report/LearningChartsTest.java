package genka.report;

import static genka.report.Told.evaluation;
import static genka.report.Told.metrics;
import static genka.report.Told.step;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class LearningChartsTest {
    @Test
    void stagesShareAnAxisOnWhichThoseThatRewardAreTwiceAsWide() {
        Metrics metrics = metrics(
                step("pretrain", 100, "gradient_norm", 1),
                step("grpo", 10, "reward", 0.5),
                step("grpo", 20, "reward", 0.5));
        Timeline timeline = new Timeline(metrics.stages());
        assertThat(timeline.x("pretrain", 50)).isEqualTo(0.5);
        assertThat(timeline.x("grpo", 0)).isEqualTo(1);
        assertThat(timeline.x("grpo", 10)).isEqualTo(2);
        assertThat(timeline.x("grpo", 20)).isEqualTo(3);
    }

    @Test
    void withOneStageTheAxisCountsItsSteps() {
        Timeline timeline =
                new Timeline(metrics(step("pretrain", 80, "loss", 1)).stages());
        assertThat(timeline.x("pretrain", 30)).isEqualTo(30);
    }

    @Test
    void figuresThatAreZeroAllAlongHaveNoChart() {
        List<Chart> charts = new LearningCharts(metrics(
                        step("grpo", 1, "reward", 0.1),
                        step("grpo", 2, "reward", 0.2),
                        step("grpo", 1, "kl", 0),
                        step("grpo", 2, "kl", 0)))
                .curves();
        assertThat(charts).extracting(Chart::id).containsExactly("reward");
    }

    @Test
    void theAhaMomentIsAMarkOnTheChart() {
        Chart chart = new LearningCharts(metrics(
                        step("grpo", 1, "reward", 0.1), evaluation("grpo", 2, 0.1, 3), evaluation("grpo", 4, 0.9, 20)))
                .answers()
                .orElseThrow();
        assertThat(chart.title()).isEqualTo("The aha moment");
        assertThat(chart.marks()).containsExactly(new Chart.Mark(4, "aha"));
    }

    @Test
    void dataOfChartsCannotEndTheirScript() {
        Chart chart = new LearningCharts(metrics(step("</script>&", 1, "loss", 1), step("</script>&", 2, "loss", 1)))
                .curves()
                .getFirst();
        String json = new Page.Data(List.of(chart), List.of()).json();
        assertThat(json).doesNotContain("<", ">", "&").contains("\\u003c/script\\u003e\\u0026");
    }

    @Test
    void everyChartHasItsFiguresAsATable() {
        Chart chart = new LearningCharts(metrics(step("pretrain", 1, "loss", 3.25), step("pretrain", 2, "loss", 1.5)))
                .curves()
                .getFirst();
        assertThat(ChartFigure.of(chart, "").source())
                .contains("<th scope=\"row\">pretrain 1</th><td class=\"n\">3.250</td>")
                .contains("<th scope=\"row\">pretrain 2</th><td class=\"n\">1.500</td>");
    }
}
