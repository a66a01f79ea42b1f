package genka.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MeasuredRowsTest {
    @TempDir
    Path folder = Path.of("");

    @Test
    void rowsThatCannotBePlannedAreRefusedWithAReason() throws IOException {
        Path file = folder.resolve("rows.yaml");
        Files.writeString(file, """
                rows:
                  - {"set": "made-up", "model": "LLAMA3_8B", "gpu": "H100", "gpus": 8, "seq": 8192, "gbs": 128, "mbs": 1, "precision": "bf16", "step_s": 12.0}
                  - {"set": "made-up", "model": "Unheard of", "gpu": "H100", "gpus": 8, "seq": 8192, "gbs": 128, "step_s": 12.0}
                  - {"set": "made-up", "model": "LLAMA3_8B", "gpu": "H1000", "gpus": 8, "seq": 8192, "gbs": 128, "step_s": 12.0}
                  - {"set": "made-up", "model": "LLAMA3_8B", "gpu": "H100", "gpus": 8, "tp": 3, "seq": 8192, "gbs": 128, "step_s": 12.0}
                """);
        MeasuredRows rows = MeasuredRows.read(file);
        assertThat(rows.rows()).singleElement().satisfies(row -> {
            assertThat(row.id()).isEqualTo("made-up:1");
            assertThat(row.tier()).isEqualTo(Tier.ASSUMED);
            assertThat(row.value(24.0)).isEqualTo(24.0);
        });
        assertThat(rows.refused())
                .extracting(MeasuredRows.Refused::id)
                .containsExactly("made-up:2", "made-up:3", "made-up:4");
        assertThat(rows.refused().get(1).reason()).contains("H1000");
    }

    @Test
    void whatMemoryCannotHoldMustHaveBeenComputedAgain() throws IOException {
        Path file = folder.resolve("rows.yaml");
        Files.writeString(file, """
                rows:
                  - {"model": "LLAMA3_70B", "gpu": "H100", "gpus": 256, "fsdp": 1, "seq": 8192, "gbs": 512, "mbs": 2, "step_s": 15.0}
                  - {"model": "LLAMA3_70B", "gpu": "H100", "gpus": 256, "fsdp": 1, "seq": 8192, "gbs": 512, "mbs": 2, "recompute": "none", "step_s": 15.0}
                """);
        assertThat(MeasuredRows.read(file).rows())
                .extracting(row -> ((Job) row.task()).strategy().recompute())
                .containsExactly(Strategy.Recompute.FULL, Strategy.Recompute.NONE);
    }

    @Test
    void predictionsComeFromInputsAlone() throws IOException {
        double one = predicted("12.0");
        double other = predicted("99.0");
        assertThat(one).isEqualTo(other);
    }

    private double predicted(String actual) throws IOException {
        Path file = folder.resolve("rows.csv");
        Files.writeString(
                file,
                "# GPUs,global batch,micro batch,hidden size,attention heads,# layers,sequence length,tensor parallelism,"
                        + "data parallelism,pipeline parallelism,iteration time (ms)\n"
                        + "8,64,2,2048,16,24,1024,2,2,2," + actual + "\n");
        return Validation.shipped(MeasuredRows.read(file).rows())
                .predictions()
                .getFirst()
                .predicted();
    }
}
