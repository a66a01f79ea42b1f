package genka.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import genka.kernel.Gemm;
import genka.kernel.ThreadTeam;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What Hugging Face transformers computes with the same weights (testkit's golden fixtures). */
class ParityTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "v3_tiny",
                "v3_groups_yarn",
                "v3_no_qlora",
                "v2_lite",
                "v2_grouped",
                "v3_mtp",
                "v3_bf16",
                "v3_fp8",
                "v3_fp8_ue8m0",
                "sharded"
            })
    void forwardEqualsTheReference(String name) {
        try (GoldenCase golden = GoldenCase.open(name);
                ThreadTeam team = new ThreadTeam(2)) {
            ModelPass pass = new ModelPass(golden.model, new Gemm(team));
            pass.forward(golden.batch, true);
            double hidden = 0;
            int layers = golden.model.spec().layers() + golden.model.spec().mtpModules();
            for (int layer = 0; layer < layers && golden.expected.has("hidden.0"); layer++) {
                hidden = Math.max(
                        hidden,
                        golden.check("hidden." + layer, pass.layer(layer).output(), 2e-5, 1, 0));
            }
            double logits = golden.check("logits", pass.logits(), 2e-5, 1, 0);
            double routing = routing(golden, pass, layers);
            if (golden.model.spec().mtpModules() > 0) {
                golden.check("mtp.logits", pass.mtpModule(0).loss().logits(), 2e-5, 1, 0);
                golden.check("mtp.hidden", pass.mtpModule(0).states(), 2e-5, 1, 0);
            }
            System.out.printf("%s hidden %.1e logits %.1e routing %.1e%n", name, hidden, logits, routing);
        }
    }

    private static double routing(GoldenCase golden, ModelPass pass, int layers) {
        double worst = 0;
        for (int layer = 0; layer < layers; layer++) {
            if (golden.expected.has("routing." + layer + ".indices")) {
                int[] wanted = golden.expectInts("routing." + layer + ".indices");
                assertThat(Arrays.copyOf(pass.router(layer).indices(), wanted.length))
                        .isEqualTo(wanted);
                worst = Math.max(
                        worst,
                        golden.check(
                                "routing." + layer + ".weights",
                                pass.router(layer).weights(),
                                2e-5,
                                1,
                                0));
            }
        }
        return worst;
    }

    @ParameterizedTest
    @ValueSource(strings = {"v3_tiny", "v3_groups_yarn", "v3_no_qlora", "v2_lite", "v2_grouped", "v3_mtp"})
    void gradientsEqualTheReference(String name) {
        try (GoldenCase golden = GoldenCase.open(name);
                ThreadTeam team = new ThreadTeam(2)) {
            ModelPass pass = new ModelPass(golden.model, new Gemm(team));
            boolean mtp = golden.model.spec().mtpModules() > 0;
            int mtpCounted = mtp ? golden.countedFrom(1) : 1;
            ModelPass.Loss loss = pass.crossEntropy(golden.batch, golden.countedFrom(0), mtpCounted, mtp ? 0.3 : 0, 0);
            assertThat(loss.sum() / loss.counted()).isCloseTo(golden.expect("loss")[0], within(1e-5));
            if (mtp) {
                assertThat(loss.mtpCounted()).isEqualTo(mtpCounted);
                assertThat(loss.mtpSum() / loss.mtpCounted()).isCloseTo(golden.expect("mtp.loss")[0], within(1e-5));
            }
            double worst = 0;
            float[] gradients = golden.model.parameters().gradients();
            for (Parameters.Entry entry : golden.model.parameters().entries()) {
                if (entry.trainable()) {
                    float[] own = Arrays.copyOfRange(gradients, entry.offset(), entry.offset() + entry.size());
                    worst = Math.max(worst, golden.check("grad." + entry.name(), own, 5e-5, 0, 1e-7));
                }
            }
            System.out.printf("%s gradients %.1e%n", name, worst);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"v3_tiny", "v3_groups_yarn", "v2_lite"})
    void rotaryTablesEqualTheReference(String name) {
        try (GoldenCase golden = GoldenCase.open(name);
                ThreadTeam team = new ThreadTeam(1)) {
            ModelPass pass = new ModelPass(golden.model, new Gemm(team));
            int[] positions = golden.expectInts("rope.positions");
            RotaryTables tables = pass.rotaryTables();
            tables.reserve(golden.model.spec().maxPositions());
            int pairs = tables.pairs();
            float[] cos = tables.cos();
            float[] sin = tables.sin();
            golden.check("rope.inv_freq", tables.inverseFrequencies(), 1e-6, 0, 0);
            for (int r = 0; r < positions.length; r++) {
                for (int i = 0; i < pairs; i++) {
                    double tolerance = r == positions.length - 1 ? 2e-3 : 1e-5;
                    int at = positions[r] * pairs + i;
                    assertThat(cos[at]).isCloseTo(golden.expect("rope.cos")[r * pairs + i], within((float) tolerance));
                    assertThat(sin[at]).isCloseTo(golden.expect("rope.sin")[r * pairs + i], within((float) tolerance));
                }
            }
        }
    }
}
