package genka.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import genka.catalog.ModelConfig;
import genka.catalog.ModelSpec;
import genka.kernel.ThreadTeam;
import genka.testkit.Golden;
import genka.units.GenkaException;
import org.junit.jupiter.api.Test;

class DecodeBenchTest {
    private static final ModelSpec SPEC = ModelConfig.read(Golden.path("v3_tiny/config.json"));

    @Test
    void oneSequenceIsHeldAgainstTheReadRate() {
        DecodeBench.Report report = measure(1);
        assertThat(report.readGbPerS()).isNotNull().isPositive();
        assertThat(report.readShare()).isNotNull();
        assertThat(report.gbPerS()).isEqualTo(report.tokensPerS().median() * report.activeBytes() * 1e-9);
    }

    @Test
    void severalSequencesShareWhatTheyRead() {
        DecodeBench.Report report = measure(3);
        assertThat(report.gbPerS()).isNull();
        assertThat(report.readShare()).isNull();
        assertThat(report.peakGflops()).isPositive();
    }

    @Test
    void oneNewTokenCannotBeTimed() {
        assertThatThrownBy(() -> new DecodeBench.Job(1, 8, 1, 1))
                .isInstanceOf(GenkaException.class)
                .hasMessageContaining("at least 2");
    }

    private static DecodeBench.Report measure(int batch) {
        try (ThreadTeam team = new ThreadTeam(2)) {
            return DecodeBench.run(SPEC, new DecodeBench.Job(batch, 4, 16, 3), team, 0);
        }
    }
}
