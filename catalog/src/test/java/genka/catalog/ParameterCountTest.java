package genka.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import genka.units.GenkaException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Figures: DeepSeek-V3 report (arXiv 2412.19437) and README_WEIGHTS; the embedding table apart, 36.6B are active. */
class ParameterCountTest {
    static final ModelSpec V3 = new ModelSpec(
            "deepseek_v3",
            129280,
            7168,
            61,
            18432,
            new AttentionSpec.Mla(128, 1536, 512, 128, 64, 128),
            Optional.of(new MoeSpec(
                    256, 8, 1, 2048, 3, 1, MoeSpec.Scoring.SIGMOID, MoeSpec.Selection.NOAUX_TC, 8, 4, true, 2.5)),
            1,
            1e-6,
            new RopeSpec.Yarn(10000, 40, 4096, 32, 1, 1, 1),
            false,
            163840,
            Optional.of(0),
            List.of(1),
            Optional.empty(),
            List.of(128, 128));

    @Test
    void deepseekV3HasItsPublishedSize() {
        ParameterCount count = ParameterCount.of(V3);
        assertThat(count.total()).isEqualTo(671_026_419_200L);
        assertThat(count.active() / 1e9).isBetween(36.62, 36.64);
        assertThat(count.mtp() / 1e9).isBetween(11.60, 11.62);
        assertThat((count.total() + count.mtp() + count.mtpCopies()) / 1e9).isBetween(684.48, 684.50);
    }

    @Test
    void deepseekV3CachesSeventyKilobytesAToken() {
        assertThat(ParameterCount.cacheBytesPerToken(V3)).isEqualTo(70_272);
    }

    @Test
    void aModelBeyondCountingIsRefused() {
        MoeSpec moe = new MoeSpec(
                1 << 24, 1, 1, 1 << 24, 0, 1, MoeSpec.Scoring.SOFTMAX, MoeSpec.Selection.GREEDY, 1, 1, false, 1);
        ModelSpec absurd = new ModelSpec(
                "deepseek_v2",
                1,
                1 << 24,
                2,
                1,
                V3.attention(),
                Optional.of(moe),
                0,
                1e-6,
                V3.rope(),
                false,
                1,
                Optional.empty(),
                List.of(),
                Optional.empty(),
                List.of());
        assertThatThrownBy(() -> ParameterCount.of(absurd)).isInstanceOf(GenkaException.class);
    }
}
