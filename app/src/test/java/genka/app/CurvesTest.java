package genka.app;

import static org.assertj.core.api.Assertions.assertThat;

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
    void figuresAreGroupedByStageAndACutLineIsLeftOut() throws IOException {
        Path file = folder.resolve("metrics.jsonl");
        Files.writeString(file, """
                {"stage":"pretrain","step":1,"loss":3.0}
                {"stage":"pretrain","step":2,"loss":1.0}
                {"stage":"grpo","step":1,"reward":0.25,"note":"x"}
                {"stage":"grpo","st""");
        Curves curves = Curves.read(file);
        assertThat(curves.byStage().getOrDefault("pretrain", Map.of())).containsOnlyKeys("loss");
        assertThat(curves.byStage().getOrDefault("grpo", Map.of())).containsOnlyKeys("reward");
        assertThat(curves.text(10, new Style(false))).contains("loss  3.000  █▁  1.000");
    }

    @Test
    void aRunThatHasNotBegunHasNoCurves() {
        assertThat(Curves.read(folder.resolve("metrics.jsonl")).byStage()).isEmpty();
    }
}
