package genka.model;

import genka.catalog.ModelSpec;
import genka.catalog.MoeSpec;
import genka.kernel.Gemm;
import genka.kernel.Rows;
import genka.kernel.SerialGemm;
import genka.kernel.SwiGlu;
import genka.kernel.ThreadTeam;
import genka.kernel.Vectors;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The feed-forward room of a layer, with its norm, for one new token of each of many sequences, with packed weights. What all tokens
 * pass (a dense layer, or the router and the shared experts) a worker does for its rows; then the chosen experts run over their lists.
 */
final class PackedFeedForward {
    /** Tokens of one expert that a worker takes at once. */
    private static final int CHUNK = 64;

    /** Buffers that all layers share. */
    static final class Shared {
        private final float[][] gateUp;
        private final float[][] inner;
        private final float[][] gathered;
        private final float[][] inverse;
        private final ExpertLists lists = new ExpertLists();
        private float[] normed = {};
        private float[] scores = {};
        private int[] indices = {};
        private float[] weights = {};
        private float[] outputs = {};

        Shared(ThreadTeam team) {
            gateUp = new float[team.threads()][0];
            inner = new float[team.threads()][0];
            gathered = new float[team.threads()][0];
            inverse = new float[team.threads()][0];
        }
    }

    private record Expert(PackedLinear gateUp, PackedLinear down) {
        static Expert of(Gemm gemm, Parameters parameters, String prefix) {
            return new Expert(
                    Linear.of(gemm, parameters, prefix + "gate_proj.weight", prefix + "up_proj.weight")
                            .packed(),
                    Linear.of(gemm, parameters, prefix + "down_proj.weight").packed());
        }

        int width() {
            return down.in();
        }
    }

    private final Gemm gemm;
    private final NormLayer norm;
    private final @Nullable MoeSpec moe;
    private final @Nullable Router router;
    private final @Nullable PackedLinear gate;
    private final Expert[] experts;
    private final @Nullable Expert always;
    private final Shared shared;
    private final int hidden;
    private final ThreadTeam.RangeTask expertTask = this::runExperts;

    PackedFeedForward(Gemm gemm, Model model, int layer, Shared shared) {
        ModelSpec spec = model.spec();
        Parameters parameters = model.parameters();
        String block = "model.layers." + layer + ".";
        String prefix = block + "mlp.";
        this.gemm = gemm;
        this.shared = shared;
        hidden = spec.hiddenSize();
        norm = new NormLayer(gemm.team(), parameters, block + "post_attention_layernorm.weight", spec.rmsNormEps());
        if (spec.isMoe(layer)) {
            moe = spec.moe().orElseThrow();
            router = new Router(gemm, parameters, prefix, moe, new Router.Shared(), new Router.Activations());
            gate = Linear.of(gemm, parameters, prefix + "gate.weight").packed();
            experts = new Expert[moe.routedExperts()];
            for (int e = 0; e < experts.length; e++) {
                experts[e] = Expert.of(gemm, parameters, prefix + "experts." + e + ".");
            }
            always = moe.sharedExperts() == 0 ? null : Expert.of(gemm, parameters, prefix + "shared_experts.");
        } else {
            moe = null;
            router = null;
            gate = null;
            experts = new Expert[0];
            always = Expert.of(gemm, parameters, prefix);
        }
    }

    void forEachWeight(Consumer<PackedLinear> consumer) {
        if (gate != null) {
            consumer.accept(gate);
        }
        for (Expert expert : experts) {
            consumer.accept(expert.gateUp);
            consumer.accept(expert.down);
        }
        if (always != null) {
            consumer.accept(always.gateUp);
            consumer.accept(always.down);
        }
    }

    void reserve(int rows) {
        shared.normed = Workspace.room(shared.normed, (long) rows * hidden);
        int widest = Math.max(
                always == null ? 0 : always.width() * rows, experts.length == 0 ? 0 : experts[0].width() * CHUNK);
        for (int worker = 0; worker < shared.inner.length; worker++) {
            shared.inner[worker] = Workspace.room(shared.inner[worker], widest);
            shared.gateUp[worker] = Workspace.room(shared.gateUp[worker], 2L * widest);
            shared.gathered[worker] = Workspace.room(shared.gathered[worker], (long) CHUNK * hidden);
            shared.inverse[worker] = Workspace.room(shared.inverse[worker], rows);
        }
        if (moe != null) {
            long pairs = (long) rows * moe.expertsPerToken();
            shared.scores = Workspace.room(shared.scores, (long) rows * experts.length);
            shared.indices = Workspace.room(shared.indices, pairs);
            shared.weights = Workspace.room(shared.weights, pairs);
            shared.outputs = Workspace.room(shared.outputs, pairs * hidden);
        }
    }

    /** Adds what all tokens pass to rows {@code from..to} of x [count, hidden] and chooses their experts. */
    void run(int worker, int from, int to, float[] x) {
        SerialGemm serial = gemm.serial(worker);
        int rows = to - from;
        int at = from * hidden;
        norm.forwardRows(0, rows, x, at, hidden, shared.normed, at, hidden, shared.inverse[worker]);
        if (moe != null && router != null && gate != null) {
            int e = experts.length;
            gate.apply(serial, rows, shared.normed, at, hidden, shared.scores, from * e, e, false);
            for (int r = from; r < to; r++) {
                router.route(worker, shared.scores, r * e, shared.indices, shared.weights, r * moe.expertsPerToken());
            }
        }
        if (always != null) {
            expert(worker, always, rows, shared.normed, at, x, at, true);
        }
    }

    private void expert(
            int worker, Expert expert, int rows, float[] in, int inAt, float[] out, int outAt, boolean accumulate) {
        SerialGemm serial = gemm.serial(worker);
        int width = expert.width();
        float[] gateUp = shared.gateUp[worker];
        float[] inner = shared.inner[worker];
        expert.gateUp.apply(serial, rows, in, inAt, hidden, gateUp, 0, 2 * width, false);
        SwiGlu.forward(0, rows, width, gateUp, 0, inner, 0);
        expert.down.apply(serial, rows, inner, 0, width, out, outAt, hidden, accumulate);
    }

    /** Runs the chosen experts of all rows; {@link #combine} adds what they say. */
    void runExperts(int count) {
        if (moe != null) {
            shared.lists.sort(count, moe, shared.indices, CHUNK);
            gemm.team().each(shared.lists.chunks(), expertTask);
        }
    }

    private void runExperts(int worker, int fromChunk, int toChunk) {
        ExpertLists lists = shared.lists;
        float[] gathered = shared.gathered[worker];
        for (int c = fromChunk; c < toChunk; c++) {
            int from = lists.from(c);
            int rows = lists.to(c) - from;
            Rows.gather(0, rows, hidden, shared.normed, 0, hidden, lists.tokens(), from, gathered, 0, hidden);
            expert(worker, experts[lists.expert(c)], rows, gathered, 0, shared.outputs, from * hidden, false);
        }
    }

    /** x[row] += Σ weight × output for rows {@code from..to}, in the order of experts. */
    void combine(int from, int to, float[] x) {
        if (moe == null) {
            return;
        }
        int chosen = moe.expertsPerToken();
        for (int k = from * chosen; k < to * chosen; k++) {
            int at = shared.lists.pair(k) * hidden;
            Vectors.axpy(hidden, shared.weights[k], shared.outputs, at, x, k / chosen * hidden);
        }
    }
}
