package genka.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import genka.catalog.OptimizerSpec;
import genka.kernel.SeededRandom;
import genka.kernel.ThreadTeam;
import genka.model.Parameters;
import genka.model.SafeTensors;
import genka.testkit.Golden;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OptimizerTest {
    private static final String[] TENSORS = {"matrix", "vector", "cube"};
    private static final OptimizerSpec SPEC = OptimizerSpec.adamW(1, 0.9, 0.95, 1e-8, 0.1, 1);
    private static final OptimizerSpec MUON =
            new OptimizerSpec(1, 0.9, 0.95, 1e-8, 0.1, 1, Optional.of(new OptimizerSpec.Muon(0.9, 5)));

    @Test
    void fiveStepsEqualTorch() {
        try (SafeTensors golden = SafeTensors.open(Golden.path("optim/expected.safetensors"));
                ThreadTeam team = new ThreadTeam(1)) {
            float[] values = joined(golden, "param", 0);
            float[] gradients = new float[values.length];
            Optimizer optimizer = new Optimizer(SPEC, team, values, gradients);
            double[] rates = golden.doubles("lr");
            float[] norms = golden.floats("grad_norm");
            for (int step = 1; step <= 5; step++) {
                float[] gradient = joined(golden, "grad", step);
                System.arraycopy(gradient, 0, gradients, 0, gradient.length);
                assertThat(optimizer.step(rates[step - 1])).isTrue();
                close(new float[] {(float) optimizer.gradientNorm()}, new float[] {norms[step - 1]}, "norm " + step);
                close(values, joined(golden, "param", step), "param " + step);
                close(optimizer.firstMoment(), joined(golden, "m", step), "m " + step);
                close(optimizer.secondMoment(), joined(golden, "v", step), "v " + step);
                assertThat(gradients).containsOnly(0);
            }
        }
    }

    @Test
    void threadsDoNotChangeTheBits() {
        float[] one = trained(1, 20_011);
        assertThat(trained(2, 20_011)).isEqualTo(one);
        assertThat(trained(3, 20_011)).isEqualTo(one);
    }

    @Test
    void aRestoredOptimizerGoesOnWithTheSameBits() {
        try (ThreadTeam team = new ThreadTeam(1)) {
            float[] values = new float[100];
            float[] gradients = new float[100];
            Optimizer optimizer = new Optimizer(SPEC, team, values, gradients);
            fill(gradients, 1);
            optimizer.step(0.1);
            float[] copy = values.clone();
            float[] copyGradients = new float[100];
            Optimizer restored = new Optimizer(SPEC, team, copy, copyGradients);
            restored.restore(optimizer.firstMoment(), optimizer.secondMoment(), optimizer.steps(), optimizer.skipped());
            fill(gradients, 2);
            fill(copyGradients, 2);
            optimizer.step(0.1);
            restored.step(0.1);
            assertThat(copy).isEqualTo(values);
            assertThat(restored.steps()).isEqualTo(2);
        }
    }

    @Test
    void aGradientThatIsNotFiniteChangesNothing() {
        try (ThreadTeam team = new ThreadTeam(1)) {
            for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
                float[] values = {1, 2, 3};
                float[] gradients = {1, bad, 1};
                Optimizer optimizer = new Optimizer(SPEC, team, values, gradients);
                assertThat(optimizer.step(1)).isFalse();
                assertThat(values).containsExactly(1, 2, 3);
                assertThat(gradients).containsOnly(0);
                assertThat(optimizer.firstMoment()).containsOnly(0);
                assertThat(optimizer.steps()).isZero();
                assertThat(optimizer.skipped()).isEqualTo(1);
            }
        }
    }

    @Test
    void noClipNormLeavesTheGradientWhole() {
        try (ThreadTeam team = new ThreadTeam(1)) {
            float[] values = {0, 0};
            float[] gradients = {300, 400};
            Optimizer optimizer =
                    new Optimizer(OptimizerSpec.adamW(0.1, 0.9, 0.95, 1e-8, 0, 0), team, values, gradients);
            optimizer.step(1);
            assertThat(optimizer.gradientNorm()).isCloseTo(500, within(1e-4));
            assertThat(optimizer.firstMoment()[0]).isCloseTo(30, within(1e-3f));
        }
    }

    @Test
    void momentsOfAnotherModelAreRefused() {
        try (ThreadTeam team = new ThreadTeam(1)) {
            Optimizer optimizer = new Optimizer(SPEC, team, new float[3], new float[3]);
            assertThatThrownBy(() -> optimizer.restore(new float[4], new float[3], 1, 0))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void muonUpdatesTheMatricesInsideLayersOnly() {
        try (ThreadTeam team = new ThreadTeam(1)) {
            Parameters parameters = filled(1);
            float[] before = parameters.values().clone();
            Parameters adamW = filled(1);
            Optimizer optimizer = new Optimizer(MUON, team, parameters, List.of());
            optimizer.step(1);
            new Optimizer(SPEC, team, adamW, List.of()).step(1);
            int matrices = 0;
            for (Parameters.Entry entry : parameters.entries()) {
                if (entry.trainable()) {
                    float[] own = range(parameters.values(), entry);
                    boolean inside = entry.name().endsWith("proj.weight")
                            || entry.name().endsWith("mlp.gate.weight")
                            || entry.name().endsWith("proj_with_mqa.weight");
                    assertThat(own).as(entry.name()).isNotEqualTo(range(before, entry));
                    assertThat(Arrays.equals(own, range(adamW.values(), entry)))
                            .as(entry.name())
                            .isNotEqualTo(inside);
                    matrices += inside ? entry.size() : 0;
                }
            }
            assertThat(matrices).isPositive();
            assertThat(optimizer.secondMoment()).hasSize(before.length - matrices);
            assertThat(parameters.gradients()).containsOnly(0);
        }
    }

    @Test
    void muonGivesTheSameBitsOnMoreThreadsAndRestored() {
        float[] one = trainedByMuon(1, false, List.of());
        assertThat(trainedByMuon(3, false, List.of())).isEqualTo(one);
        assertThat(trainedByMuon(2, true, List.of())).isEqualTo(one);
    }

    @Test
    void muonLeavesFrozenMatricesAsTheyAre() {
        Parameters model = filled(1);
        Parameters.Entry still = model.entry("model.layers.1.self_attn.o_proj.weight");
        var range = new FrozenParameters.Range(still.offset(), still.offset() + still.size());
        float[] values = trainedByMuon(2, true, List.of(range));
        assertThat(range(values, still)).isEqualTo(range(model.values(), still));
    }

    /** Three updates, with the optimizer put away and restored after the second when that is asked. */
    private static float[] trainedByMuon(int threads, boolean restored, List<FrozenParameters.Range> frozen) {
        try (ThreadTeam team = new ThreadTeam(threads)) {
            Parameters parameters = filled(1);
            Optimizer optimizer = new Optimizer(MUON, team, parameters, frozen);
            for (int step = 0; step < 3; step++) {
                fill(parameters.gradients(), step);
                optimizer.step(0.01);
                if (restored && step == 1) {
                    Optimizer next = new Optimizer(MUON, team, parameters, frozen);
                    next.restore(optimizer.firstMoment(), optimizer.secondMoment(), optimizer.steps(), 0);
                    optimizer = next;
                }
            }
            return parameters.values();
        }
    }

    private static Parameters filled(long seed) {
        Parameters parameters = Parameters.of(Tiny.model(16, 12));
        fill(parameters.values(), seed);
        fill(parameters.gradients(), seed + 1);
        return parameters;
    }

    private static float[] range(float[] values, Parameters.Entry entry) {
        return Arrays.copyOfRange(values, entry.offset(), entry.offset() + entry.size());
    }

    private static float[] trained(int threads, int n) {
        try (ThreadTeam team = new ThreadTeam(threads)) {
            float[] values = new float[n];
            float[] gradients = new float[n];
            Optimizer optimizer = new Optimizer(SPEC, team, values, gradients);
            for (int step = 0; step < 3; step++) {
                fill(gradients, step);
                optimizer.step(0.01);
            }
            return values;
        }
    }

    private static void fill(float[] x, long seed) {
        SeededRandom random = SeededRandom.of(seed);
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) random.nextGaussian();
        }
    }

    private static void close(float[] actual, float[] expected, String what) {
        double worst = 0;
        for (int i = 0; i < expected.length; i++) {
            worst = Math.max(worst, Math.abs(actual[i] - expected[i]) / Math.max(1, Math.abs(expected[i])));
        }
        assertThat(worst).as(what).isLessThanOrEqualTo(1e-6);
    }

    private static float[] joined(SafeTensors golden, String kind, int step) {
        float[] all = new float[30 + 7 + 24];
        int at = 0;
        for (String tensor : TENSORS) {
            float[] one = golden.floats(kind + "." + tensor + "." + step);
            System.arraycopy(one, 0, all, at, one.length);
            at += one.length;
        }
        assertThat(at).isEqualTo(all.length);
        return all;
    }
}
