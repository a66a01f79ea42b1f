package genka.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ModelFlopsTest {
    /** Width 4, one dense layer of width 8, vocabulary 10. */
    private static final ModelSpec DENSE = new ModelSpec(
            "deepseek_v3",
            10,
            4,
            1,
            8,
            new AttentionSpec.Mla(2, 0, 3, 2, 2, 5),
            Optional.empty(),
            0,
            1e-6,
            new RopeSpec.Plain(10000),
            false,
            64,
            Optional.empty(),
            List.of(1),
            Optional.empty(),
            List.of());

    @Test
    void aWeightCountsTwiceAndScoresAndValuesByTokensAttended() {
        double weights = ParameterCount.of(DENSE).active();
        assertThat(ModelFlops.forward(DENSE, 7)).isEqualTo(2 * weights + 2 * 2 * (4 + 5) * 7);
    }

    @Test
    void backwardCostsTwiceTheForward() {
        assertThat(ModelFlops.training(DENSE, 7)).isEqualTo(3 * ModelFlops.forward(DENSE, 7));
    }

    /** DeepSeek-V3 report, arXiv 2412.19437 §4.1: 37 B parameters are active, so about 0.25 PFLOP a thousand tokens at 4K. */
    @Test
    void deepSeekV3NeedsAQuarterTeraflopAToken() {
        assertThat(ModelFlops.training(ParameterCountTest.V3, 2048)).isCloseTo(0.25e12, within(0.02e12));
    }
}
