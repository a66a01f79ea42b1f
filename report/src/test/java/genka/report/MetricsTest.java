package genka.report;

import static genka.report.Told.metrics;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsTest {
    @Test
    void troublesAndLoadsAreNoFigures() {
        Metrics metrics = metrics(
                "{\"stage\":\"grpo\",\"step\":3,\"reward\":0.5,\"expert_load\":{\"1\":[0.25,0.75]}}",
                "{\"stage\":\"grpo\",\"step\":4,\"trouble\":{\"kind\":\"coverage-wall\",\"severity\":\"note\","
                        + "\"stage\":\"grpo\",\"step\":4,\"finding\":\"f\",\"advice\":\"a\"}}");
        StageMetrics grpo = metrics.stage("grpo").orElseThrow();
        assertThat(grpo.figures()).containsOnlyKeys("reward");
        assertThat(grpo.loads())
                .containsOnlyKeys(1)
                .hasEntrySatisfying(
                        1, loads -> assertThat(loads.getFirst().shares()).containsExactly(0.25, 0.75));
        assertThat(metrics.troubles())
                .containsExactly(new Metrics.Trouble("coverage-wall", "note", "grpo", 4, "f", "a"));
    }

    @Test
    void timesAreNoFiguresAndThoseWithinAnObjectHaveItsName() {
        StageMetrics grpo = metrics(
                        "{\"stage\":\"grpo\",\"step\":3,\"seconds\":9,\"time\":1,\"steps\":80,\"note\":\"x\",\"reward\":0.5,"
                                + "\"evaluation\":{\"accuracy\":{\"general\":0.25},\"seconds\":2}}")
                .stage("grpo")
                .orElseThrow();
        assertThat(grpo.figures()).containsOnlyKeys("reward", "evaluation accuracy general");
        assertThat(grpo.lastStep()).isEqualTo(3);
    }

    @Test
    void whatIsNoJsonObjectIsLeftOut() {
        assertThat(metrics("", "{\"stage\":\"pre", "[1]", "null", "7").stages()).isEmpty();
    }

    @Test
    void aFileIsReadFromWhereTheLastLookEnded(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("metrics.jsonl");
        GrowingFile growing = new GrowingFile(file);
        assertThat(growing.lines()).isEmpty();
        Files.writeString(file, "a\nb\nhal");
        assertThat(growing.lines()).containsExactly("a", "b");
        Files.writeString(file, "a\nb\nhalf\n");
        assertThat(growing.lines()).containsExactly("half");
        assertThat(growing.wasCut()).isFalse();
        Files.writeString(file, "a\n");
        assertThat(growing.wasCut()).isTrue();
    }

    @Test
    void thinningKeepsTheLastPointAndTheMean() {
        Series series = new Series();
        for (int i = 0; i <= 1000; i++) {
            series.add(i, i);
        }
        Series few = series.thinned(101);
        assertThat(few.size()).isEqualTo(101);
        assertThat(few.last()).isEqualTo(1000);
        assertThat(few.value(0)).as("mean of 0 to 9").isEqualTo(4.5);
        assertThat(few.step(0)).as("where that share ends").isEqualTo(9);
        assertThat(few.value(99)).isEqualTo(994.5);
        assertThat(few.step(99)).isEqualTo(999);
        assertThat(series.thinned(2000)).isSameAs(series);
    }
}
