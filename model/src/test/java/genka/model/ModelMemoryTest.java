package genka.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import genka.catalog.AttentionSpec;
import genka.catalog.ModelSpec;
import genka.catalog.MoeSpec;
import genka.catalog.MuonWork;
import genka.catalog.OptimizerSpec.Muon;
import genka.catalog.RopeSpec;
import genka.catalog.Transformer;
import genka.units.Fault;
import genka.units.GenkaException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ModelMemoryTest {
    /** DeepSeek-V3 as published, with its MTP module. */
    static ModelSpec v3(int mtpModules) {
        MoeSpec moe = new MoeSpec(
                256, 8, 1, 2048, 3, 1, MoeSpec.Scoring.SIGMOID, MoeSpec.Selection.NOAUX_TC, 8, 4, true, 2.5);
        return new ModelSpec(
                "deepseek_v3",
                129280,
                7168,
                61,
                18432,
                new AttentionSpec.Mla(128, 1536, 512, 128, 64, 128),
                Optional.of(moe),
                mtpModules,
                1e-6,
                new RopeSpec.Yarn(10000, 40, 4096, 32, 1, 1, 1),
                false,
                163840,
                Optional.of(0),
                List.of(1),
                Optional.empty(),
                List.of(128, 128));
    }

    /** Without the 58 × 256 correction biases, which are buffers here and counted in the published 671,026,419,200. */
    @Test
    void countsThePublishedParameters() {
        assertThat(Parameters.count(v3(0)) + 58 * 256).isEqualTo(671_026_419_200L);
    }

    @Test
    void cacheOfATokenIsThePublishedOne() {
        ModelMemory memory = ModelMemory.inference(v3(0)).plusCache(v3(0), 1, 1);
        assertThat(memory.cache()).isEqualTo(2 * 70_272);
    }

    /** What a planner counts by shapes is what the tensors have. */
    @Test
    void muonHasOneMomentForMatricesAndItsWorkIsThatOfAllOfThem() {
        for (ModelSpec spec : List.of(v3(0), v3(1), TestModels.spec(12, TestModels.SIGMOID, 1, false))) {
            var muon = new Muon(0.95, 5);
            double flops = 0;
            long matrices = 0;
            for (ParameterLayout.Tensor tensor : ParameterLayout.of(spec)) {
                if (tensor.innerMatrix()) {
                    flops += MuonWork.flops(
                            muon, tensor.shape().get(0), tensor.shape().get(1));
                    matrices += tensor.size();
                }
            }
            Transformer shape = spec.transformer("model");
            assertThat(MuonWork.replicated(muon, shape) + MuonWork.routed(muon, shape))
                    .isCloseTo(flops, withinPercentage(1e-9));
            ModelMemory adamW = ModelMemory.training(spec, 64);
            ModelMemory memory = adamW.withMuon(spec, 2);
            assertThat(memory.moments()).isEqualTo(adamW.moments() - 4 * matrices);
            assertThat(memory.activations()).isGreaterThan(adamW.activations());
        }
    }

    @Test
    void refusesWhatDoesNotFitInNumbers() {
        assertThatThrownBy(() -> Parameters.of(v3(1)))
                .isInstanceOfSatisfying(
                        GenkaException.class, e -> assertThat(e.fault()).isEqualTo(Fault.RESOURCE))
                .hasMessageContaining("GB");
        assertThatThrownBy(() -> ModelMemory.training(v3(1), 4096).requireFits(8L << 30))
                .hasMessageContaining("weights 2,730")
                .hasMessageContaining("moments");
    }
}
