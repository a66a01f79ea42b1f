package genka.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import genka.catalog.OptimizerSpec.Muon;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Operations of attention, of a token and of Muon, beside other ways to count them. */
class WorkTest {
    private static ModelSpec v3(int mtpModules) {
        ModelSpec v3 = ParameterCountTest.V3;
        return new ModelSpec(
                v3.modelType(),
                v3.vocabSize(),
                v3.hiddenSize(),
                v3.layers(),
                v3.intermediateSize(),
                v3.attention(),
                v3.moe(),
                mtpModules,
                v3.rmsNormEps(),
                v3.rope(),
                v3.tiedEmbeddings(),
                v3.maxPositions(),
                Optional.empty(),
                v3.eosIds(),
                Optional.empty(),
                v3.fp8BlockSize());
    }

    private static Transformer windowed(int layers, int windowLayers, int window) {
        return new Transformer(
                "m",
                8,
                10,
                false,
                Transformer.Attention.grouped(2, 2, 4),
                layers,
                windowLayers,
                window,
                layers,
                16,
                true,
                Transformer.Experts.NONE,
                0,
                0,
                0,
                0,
                Transformer.Extras.norms(8),
                true);
    }

    /** A token sees all before it, half a sequence in the mean; in a layer with a window no more than that. */
    @ParameterizedTest
    @CsvSource({"4, 0, 0, 1000", "4, 4, 100, 1000", "4, 3, 100, 1000", "6, 3, 900, 1000", "4, 4, 2000, 1000"})
    void meanContextIsTheMeanOverTheTokens(int layers, int windowLayers, int window, int sequence) {
        double seen = 0;
        for (int token = 0; token < sequence; token++) {
            double before = token + 0.5;
            seen += (layers - windowLayers) * before + windowLayers * Math.min(before, window);
        }
        assertThat(windowed(layers, windowLayers, window).meanContext(sequence))
                .isCloseTo(seen / layers / sequence, within(0.01));
    }

    /** Norms apart, which a planner leaves out. */
    @ParameterizedTest
    @ValueSource(ints = {4096, 131072})
    void aPlannedTokenNeedsWhatACountedOneDoes(int sequence) {
        ModelSpec spec = v3(0);
        assertThat(spec.transformer("v3").trainingFlopsPerToken(sequence))
                .isCloseTo(ModelFlops.training(spec, sequence / 2.0), withinPercentage(0.01));
    }

    /** A module is a last layer and a projection of two hidden states to one; all its experts are held, eight and the shared one are met. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aModuleForMultiTokenPredictionIsALayerMore(int modules) {
        Transformer with = v3(modules).transformer("v3");
        Transformer without = v3(0).transformer("v3");
        double projection = 2.0 * 7168 * 7168;
        double expert = 3.0 * 7168 * 2048;
        double attention = with.attention().parameters(7168);
        double router = 256.0 * 7168;
        double held = attention + router + 257 * expert + projection;
        double met = attention + router + 9 * expert + projection;
        assertThat(with.routedParameters() - without.routedParameters()).isEqualTo(modules * 256 * expert);
        assertThat(with.activeParameters() - without.activeParameters()).isCloseTo(modules * met, within(1.0));
        assertThat(with.parameters() - without.parameters()).isCloseTo(modules * held, withinPercentage(0.01));
    }

    /** Of a matrix of 2 × 3 with its square S of 2 × 2: X Xᵀ takes 24, S S 16 and the polynomial times X 24, a multiply-add being two. */
    @ParameterizedTest
    @CsvSource({"2, 3, 64", "3, 2, 64", "1, 1, 6", "4, 4, 384"})
    void anIterationOfMuonIsThreeProducts(double rows, double columns, double flops) {
        assertThat(MuonWork.flops(new Muon(0.95, 1), rows, columns)).isEqualTo(flops);
        assertThat(MuonWork.flops(new Muon(0.95, 5), rows, columns)).isEqualTo(5 * flops);
    }
}
