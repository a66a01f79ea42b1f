package genka.model;

import static org.assertj.core.api.Assertions.assertThat;

import genka.catalog.ModelSpec;
import genka.catalog.MoeSpec;
import genka.kernel.Gemm;
import genka.kernel.ThreadTeam;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each layer's backward against finite differences of its forward. */
class LayerGradientTest {
    private static final ThreadTeam TEAM = new ThreadTeam(2);
    private static final Gemm GEMM = new Gemm(TEAM);

    @AfterAll
    static void close() {
        TEAM.close();
    }

    private static double dot(float[] a, float[] b, int size) {
        double sum = 0;
        for (int i = 0; i < size; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }

    private static void report(String what, GradCheck check) {
        System.out.printf("gradient check %s: %.1e%n", what, check.worst());
    }

    private static RaggedRows rows(int... lengths) {
        RaggedRows rows = new RaggedRows();
        rows.of(TestModels.batch(5, 1, lengths));
        return rows;
    }

    @Test
    void linear() {
        ModelSpec spec = TestModels.spec(12, TestModels.SIGMOID, 0, false);
        Model model = TestModels.random(spec, 1);
        String name = "model.layers.0.mlp.down_proj.weight";
        Linear linear = Linear.of(GEMM, model.parameters(), name);
        int rows = 7;
        float[] x = TestModels.gaussian(rows * linear.in(), 2);
        float[] dy = TestModels.gaussian(rows * linear.out(), 3);
        float[] y = new float[dy.length];
        float[] dx = new float[x.length];
        linear.backwardInput(rows, dy, 0, linear.out(), dx, 0, linear.in(), false);
        linear.backwardWeight(rows, x, 0, linear.in(), dy, 0, linear.out());
        GradCheck check = new GradCheck(() -> {
            linear.forward(rows, x, 0, linear.in(), y, 0, linear.out(), false);
            return dot(y, dy, y.length);
        });
        check.check("x", x, 0, x.length, dx, 0);
        check.checkWeights(model.parameters(), name);
        report("linear", check);
    }

    @Test
    void rmsNorm() {
        ModelSpec spec = TestModels.spec(12, TestModels.SIGMOID, 0, false);
        Model model = TestModels.random(spec, 1);
        NormLayer norm = new NormLayer(TEAM, model.parameters(), "model.norm.weight", 1e-3);
        int rows = 5;
        int width = norm.width();
        float[] x = TestModels.gaussian(rows * width, 2);
        float[] dy = TestModels.gaussian(rows * width, 3);
        float[] y = new float[dy.length];
        float[] dx = new float[x.length];
        float[] inverse = new float[rows];
        GradCheck check = new GradCheck(() -> {
            norm.forward(rows, x, 0, width, y, 0, width, inverse);
            return dot(y, dy, y.length);
        });
        norm.forward(rows, x, 0, width, y, 0, width, inverse);
        norm.backward(rows, x, 0, width, inverse, dy, 0, width, dx, 0, width, false);
        check.check("x", x, 0, x.length, dx, 0);
        check.checkWeights(model.parameters(), "model.norm.weight");
        report("RMSNorm", check);
    }

    /** Also sequences longer than one block of query rows. */
    @ParameterizedTest
    @ValueSource(ints = {0, 12})
    void latentAttention(int qLoraRank) {
        ModelSpec spec = TestModels.spec(qLoraRank, TestModels.SIGMOID, 0, false);
        Model model = TestModels.random(spec, 4);
        RotaryTables tables = new RotaryTables(spec.rope(), DecoderLayer.latent(spec));
        Attention attention = new MultiHeadLatentAttention(
                GEMM,
                model.parameters(),
                "model.layers.0.self_attn.",
                DecoderLayer.latent(spec),
                new MultiHeadLatentAttention.Shared(GEMM, DecoderLayer.latent(spec), tables, true),
                new MultiHeadLatentAttention.Activations());
        RaggedRows rows = rows(5, 1, 71, 0, 9);
        int size = rows.rows() * spec.hiddenSize();
        float[] x = TestModels.gaussian(size, 5);
        float[] dy = TestModels.gaussian(size, 6);
        float[] y = new float[size];
        float[] dx = new float[size];
        GradCheck check = new GradCheck(() -> {
            Arrays.fill(y, 0);
            attention.forward(rows, x, y);
            return dot(y, dy, size);
        });
        attention.forward(rows, x, y);
        attention.backward(rows, x, dy, dx);
        check.check("x", x, 0, size, dx, 0);
        check.checkWeights(model.parameters(), "model.layers.0.self_attn.");
        report("latent attention, q rank " + qLoraRank, check);
    }

    @Test
    void swigluFeedForward() {
        ModelSpec spec = TestModels.spec(12, TestModels.SIGMOID, 0, false);
        Model model = TestModels.random(spec, 7);
        FeedForward layer = new SwigluFeedForward(
                GEMM,
                model.parameters(),
                "model.layers.0.mlp.",
                new SwigluFeedForward.Shared(),
                new SwigluFeedForward.Activations());
        feedForward("SwiGLU", layer, model, "model.layers.0.mlp.", rows(4, 3), () -> {});
    }

    static Stream<MoeSpec> routers() {
        return Stream.of(
                TestModels.SIGMOID,
                TestModels.SIGMOID_GROUPS,
                TestModels.SIGMOID_PLAIN,
                TestModels.SOFTMAX,
                TestModels.SOFTMAX_GROUPS);
    }

    /** The choice must not change within a step of the differences, or they would not be derivatives. */
    @ParameterizedTest
    @MethodSource("routers")
    void mixtureOfExperts(MoeSpec moe) {
        ModelSpec spec = TestModels.spec(12, moe, 0, false);
        Model model = TestModels.random(spec, 8);
        MixtureOfExperts layer = new MixtureOfExperts(
                GEMM,
                model.parameters(),
                "model.layers.1.mlp.",
                moe,
                new SwigluFeedForward.Shared(),
                new MixtureOfExperts.Shared(),
                new MixtureOfExperts.Activations());
        float[] x = decided(model, layer, rows(4, 2));
        int[] chosen = layer.router().indices().clone();
        feedForward(
                "experts, " + moe.scoring() + " " + moe.selection(),
                layer,
                model,
                "model.layers.1.mlp.",
                rows(4, 2),
                x,
                () -> assertThat(layer.router().indices()).startsWith(Arrays.copyOf(chosen, 6 * 3)));
    }

    /** Inputs for which every choice stays when the router's logits move a little. */
    private static float[] decided(Model model, MixtureOfExperts layer, RaggedRows rows) {
        int size = rows.rows() * model.spec().hiddenSize();
        float[] y = new float[size];
        Parameters.Entry gate = model.parameters().entry("model.layers.1.mlp.gate.weight");
        for (int seed = 0; ; seed++) {
            float[] x = TestModels.gaussian(size, 1000 + seed);
            layer.forward(rows.rows(), x, y);
            int[] chosen = Arrays.copyOf(layer.router().indices(), rows.rows() * 3);
            boolean steady = true;
            float[] weights = model.parameters().values();
            float[] was = Arrays.copyOfRange(weights, gate.offset(), gate.offset() + gate.size());
            for (int trial = 0; trial < 30 && steady; trial++) {
                float[] noise = TestModels.gaussian(gate.size(), trial);
                for (int i = 0; i < gate.size(); i++) {
                    weights[gate.offset() + i] += 0.01f * noise[i];
                }
                layer.forward(rows.rows(), x, y);
                steady = Arrays.equals(chosen, Arrays.copyOf(layer.router().indices(), chosen.length));
                System.arraycopy(was, 0, weights, gate.offset(), was.length);
            }
            if (steady) {
                layer.forward(rows.rows(), x, y);
                return x;
            }
        }
    }

    private static void feedForward(
            String what, FeedForward layer, Model model, String prefix, RaggedRows rows, Runnable afterForward) {
        float[] x = TestModels.gaussian(rows.rows() * model.spec().hiddenSize(), 9);
        feedForward(what, layer, model, prefix, rows, x, afterForward);
    }

    private static void feedForward(
            String what,
            FeedForward layer,
            Model model,
            String prefix,
            RaggedRows rows,
            float[] x,
            Runnable afterForward) {
        int size = x.length;
        float[] dy = TestModels.gaussian(size, 10);
        float[] y = new float[size];
        float[] dx = new float[size];
        GradCheck check = new GradCheck(() -> {
            Arrays.fill(y, 0);
            layer.forward(rows.rows(), x, y);
            afterForward.run();
            return dot(y, dy, size);
        });
        layer.forward(rows.rows(), x, y);
        layer.backward(rows, x, dy, dx);
        check.check("x", x, 0, size, dx, 0);
        check.checkWeights(model.parameters(), prefix);
        report(what, check);
    }

    @ParameterizedTest
    @MethodSource("routers")
    void balanceLoss(MoeSpec moe) {
        RaggedRows rows = rows(6, 3);
        int[] indices = new int[9 * 3];
        for (int k = 0; k < indices.length; k++) {
            indices[k] = (k * 5 + k / 3) % 8;
        }
        float[] scores = TestModels.gaussian(9 * 8, 11);
        for (int i = 0; i < scores.length; i++) {
            scores[i] = (float) (1 / (1 + Math.exp(-scores[i])));
        }
        float[] gradient = new float[scores.length];
        BalanceLoss balance = new BalanceLoss();
        balance.addGradient(rows, moe, scores, indices, 0.5, gradient);
        GradCheck check = new GradCheck(() -> balance.value(rows, moe, scores, indices, 0.5));
        check.check("scores", scores, 0, scores.length, gradient, 0);
        report("balance loss", check);
    }
}
