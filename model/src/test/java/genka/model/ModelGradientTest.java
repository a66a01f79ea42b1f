package genka.model;

import static org.assertj.core.api.Assertions.assertThat;

import genka.catalog.MoeSpec;
import genka.kernel.Gemm;
import genka.kernel.ThreadTeam;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The whole model's gradients: against finite differences, and as sums that do not depend on how they were cut. */
class ModelGradientTest {
    /** Every expert chosen, so that no choice can change between the differences. */
    private static final MoeSpec ALL_CHOSEN =
            new MoeSpec(3, 3, 1, 10, 1, 1, MoeSpec.Scoring.SIGMOID, MoeSpec.Selection.NOAUX_TC, 1, 1, true, 2.5);

    @ParameterizedTest
    @CsvSource({"0, 0, false", "12, 1, false", "12, 2, true"})
    void wholeModel(int qLoraRank, int mtpModules, boolean tied) {
        Model model = TestModels.random(TestModels.spec(qLoraRank, ALL_CHOSEN, mtpModules, tied), 21);
        TokenBatch batch = TestModels.batch(19, 22, 6, 2, 4, 1);
        try (ThreadTeam team = new ThreadTeam(2)) {
            ModelPass pass = new ModelPass(model, new Gemm(team));
            pass.crossEntropy(batch, 9, 5, 0.3, 0.2);
            float[] kept = model.parameters().gradients().clone();
            GradCheck check = new GradCheck(() -> total(pass.crossEntropy(batch, 9, 5, 0.3, 0.2), mtpModules));
            for (Parameters.Entry entry : model.parameters().entries()) {
                if (entry.trainable()) {
                    check.check(
                            entry.name(),
                            model.parameters().values(),
                            entry.offset(),
                            entry.size(),
                            kept,
                            entry.offset());
                }
            }
            System.out.printf(
                    "gradient check whole model, q rank %d, %d MTP modules: %.1e%n",
                    qLoraRank, mtpModules, check.worst());
        }
    }

    private static double total(ModelPass.Loss loss, int mtpModules) {
        double mtp = mtpModules == 0 ? 0 : 0.3 / mtpModules * loss.mtpSum() / 5;
        return loss.sum() / 9 + mtp + loss.balance();
    }

    @Test
    void microBatchesAddUpToTheBatch() {
        Model model = TestModels.random(TestModels.spec(12, TestModels.SIGMOID, 1, false), 23);
        try (ThreadTeam team = new ThreadTeam(2)) {
            ModelPass pass = new ModelPass(model, new Gemm(team));
            pass.crossEntropy(TestModels.batch(19, 24, 6, 6, 3), 12, 0.3, 0);
            float[] whole = model.parameters().gradients().clone();
            long[] load = pass.expertLoad(1).clone();
            Arrays.fill(model.parameters().gradients(), 0);
            pass.clearLoads();
            TokenBatch all = TestModels.batch(19, 24, 6, 6, 3);
            for (int s = 0; s < 3; s++) {
                int from = all.starts()[s];
                int to = all.starts()[s + 1];
                TokenBatch one = new TokenBatch(
                        1,
                        new int[] {0, to - from},
                        Arrays.copyOfRange(all.ids(), from, to),
                        Arrays.copyOfRange(all.targets(), from, to));
                pass.crossEntropy(one, 12, 0.3, 0);
            }
            assertThat(pass.expertLoad(1)).isEqualTo(load);
            assertThat(Arrays.stream(load).sum()).isEqualTo(15 * 3);
            GradCheck.assertClose(model.parameters().gradients(), whole, 1e-5f);
        }
    }

    @Test
    void weightedLogProbabilitiesGiveTheGradientOfCrossEntropy() {
        Model model = TestModels.random(TestModels.spec(12, TestModels.SIGMOID, 0, false), 25);
        TokenBatch batch = TestModels.batch(19, 26, 5, 4);
        try (ThreadTeam team = new ThreadTeam(2)) {
            ModelPass pass = new ModelPass(model, new Gemm(team));
            pass.crossEntropy(batch, 7, 0, 0);
            float[] whole = model.parameters().gradients().clone();
            Arrays.fill(model.parameters().gradients(), 0);
            pass.forward(batch, true);
            float[] weight = new float[9];
            Arrays.fill(weight, -1f / 7);
            pass.backward(weight);
            assertThat(model.parameters().gradients()).isEqualTo(whole);
        }
    }

    /** Few rows go through together, many by slices. */
    @ParameterizedTest
    @CsvSource({"5, 1", "5, 0.5", "40, 1", "40, 2"})
    void aPolicyGradientInOneIsThatInParts(int sequences, double temperature) {
        Model model = TestModels.random(TestModels.spec(12, TestModels.SIGMOID, 1, false), 31);
        TokenBatch batch = ragged(sequences);
        float[] weight = new float[batch.rows()];
        for (int row = 0; row < weight.length; row++) {
            weight[row] = (float) Math.sin(row);
        }
        float[] logProb = new float[batch.rows()];
        float[] entropy = new float[batch.rows()];
        try (ThreadTeam team = new ThreadTeam(2)) {
            ModelPass pass = new ModelPass(model, new Gemm(team));
            pass.forward(batch, true);
            pass.temper(temperature);
            pass.logProbs(logProb, entropy);
            pass.backward(weight);
            float[] parts = model.parameters().gradients().clone();
            long[] load = pass.expertLoad(1).clone();
            Arrays.fill(model.parameters().gradients(), 0);
            pass.clearLoads();
            float[] logProbInOne = new float[batch.rows()];
            float[] entropyInOne = new float[batch.rows()];
            pass.policyGradient(batch, temperature, weight, logProbInOne, entropyInOne);
            assertThat(logProbInOne).isEqualTo(logProb);
            assertThat(entropyInOne).isEqualTo(entropy);
            assertThat(pass.expertLoad(1)).isEqualTo(load);
            GradCheck.assertClose(model.parameters().gradients(), parts, 1e-5f);
        }
    }

    @Test
    void sameBitsAtAnyThreadCount() {
        assertThat(bits(1)).isEqualTo(bits(2)).isEqualTo(bits(3));
    }

    /** Any worker may claim a lane, the last one too. */
    @Test
    void moreThreadsThanLanesGiveTheSameBits() {
        float[] one = bits(1);
        for (int i = 0; i < 20; i++) {
            assertThat(bits(3 * Lanes.LANES)).isEqualTo(one);
        }
    }

    private static float[] bits(int threads) {
        Model model = TestModels.random(TestModels.spec(12, TestModels.SIGMOID_GROUPS, 1, false), 27);
        try (ThreadTeam team = new ThreadTeam(threads)) {
            new ModelPass(model, new Gemm(team)).crossEntropy(ragged(40), 400, 0.3, 0.01);
        }
        return model.parameters().gradients();
    }

    private static TokenBatch ragged(int sequences) {
        int[] lengths = new int[sequences];
        Arrays.setAll(lengths, i -> 3 + i % 19);
        return TestModels.batch(19, 28, lengths);
    }

    @Test
    void biasFollowsLoad() {
        Model model = TestModels.random(TestModels.spec(12, TestModels.SIGMOID, 0, false), 29);
        try (ThreadTeam team = new ThreadTeam(1)) {
            ModelPass pass = new ModelPass(model, new Gemm(team));
            float[] before = model.parameters().buffers().clone();
            pass.forward(TestModels.batch(19, 30, 9, 8), true);
            long[] load = pass.expertLoad(1).clone();
            pass.updateRouterBias(0.001);
            for (int e = 0; e < load.length; e++) {
                float moved = model.parameters().buffers()[e] - before[e];
                assertThat(Math.signum(moved)).isEqualTo((float) Long.compare(17L * 3, 8 * load[e]));
            }
            assertThat(pass.expertLoad(1)).isEqualTo(load);
        }
    }
}
