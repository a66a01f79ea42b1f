package genka.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import genka.catalog.AttentionSpec;
import genka.catalog.ModelConfigJson;
import genka.catalog.ModelFlops;
import genka.catalog.ModelSpec;
import genka.catalog.MoeSpec;
import genka.catalog.RopeSpec;
import genka.units.GenkaException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainBenchTest {
    /** Ten million parameters, 16 experts of which 4 are chosen. */
    private static final ModelSpec BASE = new ModelSpec(
            "deepseek_v3",
            4096,
            256,
            6,
            768,
            new AttentionSpec.Mla(8, 128, 64, 32, 16, 32),
            Optional.of(new MoeSpec(
                    16, 4, 1, 128, 1, 1, MoeSpec.Scoring.SIGMOID, MoeSpec.Selection.NOAUX_TC, 4, 2, true, 1)),
            0,
            1e-6,
            new RopeSpec.Plain(10000),
            false,
            512,
            Optional.empty(),
            List.of(1),
            Optional.of(0),
            List.of());

    @TempDir
    private Path folder;

    @Test
    void operationsOfATokenAreSixForEachParameterItMeetsAndTheScoresItSees() {
        long attention = 256 * 128 + 128 + 128 * 8 * 48 + 256 * 80 + 64 + 64 * 8 * 64 + 8 * 32 * 256;
        long dense = attention + 2 * 256 + 3 * 256 * 768;
        long sparse = attention + 2 * 256 + 5 * (3 * 256 * 128) + 16 * 256;
        long multiplied = dense + 5 * sparse + 256 + 4096 * 256;
        double scores = 2.0 * 8 * (48 + 32) * (128 + 1) / 2 * 6;
        assertThat(ModelFlops.training(BASE, (128 + 1) / 2.0)).isCloseTo(6.0 * multiplied + 3 * scores, within(1e-3));
    }

    @Test
    void rateAndShareFollowFromTimeAndOperations() throws Exception {
        Path config = folder.resolve("config.json");
        Files.writeString(config, ModelConfigJson.text(Tiny.model(16, 24)));
        List<String> progress = new ArrayList<>();
        TrainBench.Report report = TrainBench.run(new TrainBench.Request(config, 4, 16, 2, 0.3), progress::add);
        assertThat(report.tokensPerS()).isBetween(report.tokensPerSMin(), report.tokensPerSMax());
        assertThat(report.secondsPerStep() * report.tokensPerS()).isCloseTo(64, within(1e-6));
        assertThat(report.achievedGflops())
                .isCloseTo(report.tokensPerS() * report.mflopPerToken() * 1e-3, within(1e-9));
        assertThat(report.shareOfPeak()).isBetween(0.0, 1.0);
        assertThat(report.loss()).as("falls by as much as the time allows").isBetween(0.0, 4.5);
        assertThat(progress.getFirst()).startsWith("memory ").contains("parameters");
    }

    @Test
    void sequencesOfOneTokenPredictNothing() {
        assertThatThrownBy(() -> new TrainBench.Request(folder, 4, 1, 2, 1))
                .isInstanceOf(GenkaException.class)
                .hasMessageContaining("--seq (1) must be at least 2");
    }
}
