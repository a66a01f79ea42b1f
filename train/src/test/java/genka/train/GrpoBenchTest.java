package genka.train;

import static org.assertj.core.api.Assertions.assertThat;

import genka.catalog.ModelConfig;
import genka.kernel.ThreadTeam;
import genka.testkit.Golden;
import org.junit.jupiter.api.Test;

class GrpoBenchTest {
    @Test
    void aStepIsRolloutAndUpdate() {
        try (ThreadTeam team = new ThreadTeam(2)) {
            GrpoBench.Report report = GrpoBench.run(
                    ModelConfig.read(Golden.path("v3_tiny/config.json")), new GrpoBench.Job(2, 3, 4, 6, 1), team, 0);
            assertThat(report.secondsPerStep().median())
                    .isGreaterThanOrEqualTo(report.rolloutSeconds().median()
                            + report.updateSeconds().median());
            assertThat(report.rolloutTokensPerS().median())
                    .isEqualTo(2 * 3 * 6 / report.rolloutSeconds().median());
        }
    }
}
