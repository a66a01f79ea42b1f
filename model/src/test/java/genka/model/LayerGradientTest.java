package genka.model;

import static org.assertj.core.api.Assertions.assertThat;

import genka.catalog.ModelSpec;
import genka.catalog.MoeSpec;
import genka.kernel.AlignedFloats;
import genka.kernel.Gemm;
import genka.kernel.ThreadTeam;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

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
            norm.forward(rows, x, y, 0, width, inverse);
            return dot(y, dy, y.length);
        });
        norm.forward(rows, x, y, 0, width, inverse);
        norm.backward(rows(rows), x, inverse, dy, 0, width, dx);
        check.check("x", x, 0, x.length, dx, 0);
        check.checkWeights(model.parameters(), "model.norm.weight");
        report("RMSNorm", check);
    }

    /** Packs the weights and takes the rows through a room block by block, as a layer does. */
    private static void pack(List<Linear> linears, boolean forward) {
        WeightPacks packs = new WeightPacks(TEAM, linears);
        AlignedFloats room = new AlignedFloats(packs.size());
        packs.place(room, room);
        if (forward) {
            packs.forward();
        } else {
            packs.backward();
        }
    }

    private static void forward(Attention attention, RaggedRows rows, float[] x, float[] y) {
        int hidden = x.length / rows.rows();
        pack(attention.linears(), true);
        attention.begin(rows, rows);
        for (int block = 0; block < rows.blocks(); block++) {
            int from = rows.blockFrom(block);
            int to = rows.blockTo(block);
            attention.project(0, block, Arrays.copyOfRange(x, from * hidden, to * hidden));
        }
        for (int i = 0; i < rows.groups() * attention.heads(); i++) {
            attention.attend(0, i / attention.heads(), i % attention.heads());
        }
        attention.output(0, 0, rows.rows(), y);
    }

    private static void backward(Attention attention, RaggedRows rows, float[] x, float[] dy, float[] dx) {
        int hidden = x.length / rows.rows();
        pack(attention.linears(), false);
        attention.beginBackward(rows, rows);
        attention.outputBackward(0, 0, rows.rows(), dy);
        for (int i = 0; i < rows.groups() * attention.heads(); i++) {
            attention.attendBackward(0, i / attention.heads(), i % attention.heads());
        }
        for (int block = 0; block < rows.blocks(); block++) {
            int from = rows.blockFrom(block);
            float[] part = new float[(rows.blockTo(block) - from) * hidden];
            attention.projectBackward(0, block, part);
            System.arraycopy(part, 0, dx, from * hidden, part.length);
        }
        WeightGradients gradients = new WeightGradients(GEMM);
        attention.weightGradients(gradients, x, dy);
        gradients.run();
    }

    private static void forward(FeedForward layer, RaggedRows rows, float[] x, float[] y) {
        pack(layer.linears(), true);
        layer.reserve(rows.rows());
        for (int block = 0; block < rows.blocks(); block++) {
            layer.forwardRows(0, rows.blockFrom(block), rows.blockTo(block), x, y);
        }
        layer.finishForward(rows.rows(), x, y);
    }

    private static void backward(FeedForward layer, RaggedRows rows, float[] x, float[] dy, float[] dx) {
        int hidden = x.length / rows.rows();
        pack(layer.linears(), false);
        layer.beginBackward(rows, x, dy);
        for (int block = 0; block < rows.blocks(); block++) {
            int from = rows.blockFrom(block);
            layer.backwardRows(0, from, rows.blockTo(block), dy, dx, from * hidden);
        }
        WeightGradients gradients = new WeightGradients(GEMM);
        layer.weightGradients(gradients, rows.rows(), x, dy);
        gradients.run();
    }

    /** Also sequences longer than a tile of query rows, a slab of them, and a block of rows. */
    @ParameterizedTest
    @CsvSource({"0, 71", "12, 71", "12, 170"})
    void latentAttention(int qLoraRank, int longest) {
        ModelSpec spec = TestModels.spec(qLoraRank, TestModels.SIGMOID, 0, false);
        Model model = TestModels.random(spec, 4);
        RotaryTables tables = new RotaryTables(spec.rope(), DecoderLayer.latent(spec));
        Attention attention = new MultiHeadLatentAttention(
                GEMM,
                model.parameters(),
                "model.layers.0.self_attn.",
                DecoderLayer.latent(spec),
                new MultiHeadLatentAttention.Shared(GEMM, DecoderLayer.latent(spec), tables),
                new MultiHeadLatentAttention.Activations());
        RaggedRows rows = rows(5, 1, longest, 0, 9);
        int size = rows.rows() * spec.hiddenSize();
        float[] x = TestModels.gaussian(size, 5);
        float[] dy = TestModels.gaussian(size, 6);
        float[] y = new float[size];
        float[] dx = new float[size];
        GradCheck check = new GradCheck(() -> {
            Arrays.fill(y, 0);
            forward(attention, rows, x, y);
            return dot(y, dy, size);
        });
        forward(attention, rows, x, y);
        backward(attention, rows, x, dy, dx);
        check.check("x", x, 0, size, dx, 0);
        check.checkWeights(model.parameters(), "model.layers.0.self_attn.");
        report("latent attention, q rank " + qLoraRank + ", up to " + longest + " tokens", check);
    }

    @Test
    void swigluFeedForward() {
        ModelSpec spec = TestModels.spec(12, TestModels.SIGMOID, 0, false);
        Model model = TestModels.random(spec, 7);
        FeedForward layer = new SwigluFeedForward(
                GEMM,
                model.parameters(),
                "model.layers.0.mlp.",
                new SwigluFeedForward.Shared(2),
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
                new SwigluFeedForward.Shared(2),
                new MixtureOfExperts.Shared(2),
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
            forward(layer, rows, x, y);
            int[] chosen = Arrays.copyOf(layer.router().indices(), rows.rows() * 3);
            boolean steady = true;
            float[] weights = model.parameters().values();
            float[] was = Arrays.copyOfRange(weights, gate.offset(), gate.offset() + gate.size());
            for (int trial = 0; trial < 30 && steady; trial++) {
                float[] noise = TestModels.gaussian(gate.size(), trial);
                for (int i = 0; i < gate.size(); i++) {
                    weights[gate.offset() + i] += 0.01f * noise[i];
                }
                forward(layer, rows, x, y);
                steady = Arrays.equals(chosen, Arrays.copyOf(layer.router().indices(), chosen.length));
                System.arraycopy(was, 0, weights, gate.offset(), was.length);
            }
            if (steady) {
                forward(layer, rows, x, y);
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
            forward(layer, rows, x, y);
            afterForward.run();
            return dot(y, dy, size);
        });
        forward(layer, rows, x, y);
        backward(layer, rows, x, dy, dx);
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
