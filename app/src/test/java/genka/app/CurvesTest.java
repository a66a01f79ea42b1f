package genka.app;

import static org.assertj.core.api.Assertions.assertThat;

import genka.report.Metrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CurvesTest {
    @TempDir
    Path folder = Path.of("");

    @Test
    void figuresAreGroupedByStageAndATroubleIsNone() throws IOException {
        Path file = folder.resolve("metrics.jsonl");
        Files.writeString(file, """
                {"stage":"pretrain","step":1,"loss":3.0}
                {"stage":"pretrain","step":2,"loss":1.0}
                {"trouble":{"stage":"grpo","step":1,"kind":"coverage-wall"}}
                {"stage":"grpo","step":1,"reward":0.25,"note":"x"}
                """);
        Metrics metrics = Metrics.read(file);
        assertThat(Curves.points(metrics)).containsOnlyKeys("pretrain", "grpo");
        assertThat(Curves.points(metrics).getOrDefault("grpo", Map.of())).containsOnlyKeys("reward");
        assertThat(Curves.text(metrics, 10, new Style(false))).contains("loss  3.000  █▁  1.000");
    }

    @Test
    void aRunThatHasNotBegunHasNoCurves() {
        assertThat(Curves.points(Metrics.read(folder.resolve("metrics.jsonl")))).isEmpty();
    }
}
