package genka.model;

import genka.catalog.ModelSpec;
import genka.catalog.MoeSpec;
import genka.kernel.Gemm;
import genka.kernel.SwiGlu;
import genka.kernel.ThreadTeam;
import genka.kernel.Vectors;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The feed-forward room of a layer, with its norm, for one new token of each of a few sequences; every weight is read once as it lies.
 * Two tasks of the team: inner values of all chosen experts, which each worker chooses for itself, and outputs. A dense layer is one
 * expert with weight 1.
 */
final class StreamedFeedForward {
    private static final class Scratch extends StreamedUnits.Scratch {
        private float[] normed = {};
        private float[] inverse = {};
        private float[] scores = {};
        private int[] indices = {};
        private float[] weights = {};
        private float[] gateUp = {};
        private float[] sums = {};
    }

    /** Buffers that all layers share. */
    static final class Shared {
        private final Scratch[] scratch;
        private long task;
        private int[] indices = {};
        private float[] weights = {};
        private float[] inner = {};

        Shared(ThreadTeam team) {
            scratch = new Scratch[team.threads()];
            for (int i = 0; i < scratch.length; i++) {
                scratch[i] = new Scratch();
            }
        }
    }

    private record Expert(Linear gateUp, Linear down) {
        static Expert of(Gemm gemm, Parameters parameters, String prefix) {
            return new Expert(
                    Linear.of(gemm, parameters, prefix + "gate_proj.weight", prefix + "up_proj.weight"),
                    Linear.of(gemm, parameters, prefix + "down_proj.weight"));
        }

        int width() {
            return down.in();
        }
    }

    private final ThreadTeam team;
    private final NormLayer norm;
    private final @Nullable Router router;
    private final Expert[] experts;
    /** What every token passes: the dense layer, or the shared experts. */
    private final @Nullable Expert always;

    private final Shared shared;
    private final int hidden;
    private final int chosen;
    private final int width;
    private final int innerWidth;
    private final ThreadTeam.RangeTask innerTask = this::innerValues;
    private final ThreadTeam.RangeTask outputTask = this::outputs;

    private int count;
    private float[] x = {};

    StreamedFeedForward(Gemm gemm, Model model, int layer, Shared shared) {
        ModelSpec spec = model.spec();
        Parameters parameters = model.parameters();
        String block = "model.layers." + layer + ".";
        String prefix = block + "mlp.";
        this.team = gemm.team();
        this.shared = shared;
        hidden = spec.hiddenSize();
        norm = new NormLayer(team, parameters, block + "post_attention_layernorm.weight", spec.rmsNormEps());
        if (spec.isMoe(layer)) {
            MoeSpec moe = spec.moe().orElseThrow();
            router = new Router(gemm, parameters, prefix, moe, new Router.Shared(), new Router.Activations());
            experts = new Expert[moe.routedExperts()];
            for (int e = 0; e < experts.length; e++) {
                experts[e] = Expert.of(gemm, parameters, prefix + "experts." + e + ".");
            }
            always = moe.sharedExperts() == 0 ? null : Expert.of(gemm, parameters, prefix + "shared_experts.");
            chosen = moe.expertsPerToken();
            width = experts[0].width();
        } else {
            router = null;
            experts = new Expert[0];
            always = Expert.of(gemm, parameters, prefix);
            chosen = 0;
            width = 0;
        }
        innerWidth = chosen * width + (always == null ? 0 : always.width());
    }

    /** Adds the result for the norm of x [count, hidden] to x. */
    void run(int count, float[] x) {
        this.count = count;
        this.x = x;
        reserve();
        shared.task++;
        StreamedUnits.run(team, count * innerWidth, 2 * hidden, innerTask);
        StreamedUnits.run(team, hidden, count * innerWidth, outputTask);
    }

    private void reserve() {
        shared.indices = Workspace.room(shared.indices, (long) count * chosen);
        shared.weights = Workspace.room(shared.weights, (long) count * chosen);
        shared.inner = Workspace.room(shared.inner, (long) count * innerWidth);
        for (Scratch own : shared.scratch) {
            own.normed = Workspace.room(own.normed, (long) count * hidden);
            own.inverse = Workspace.room(own.inverse, count);
            own.scores = Workspace.room(own.scores, (long) count * experts.length);
            own.indices = Workspace.room(own.indices, (long) count * chosen);
            own.weights = Workspace.room(own.weights, (long) count * chosen);
            own.gateUp = Workspace.room(own.gateUp, 2L * innerWidth);
            own.sums = Workspace.room(own.sums, hidden);
        }
    }

    private void innerValues(int worker, int fromUnit, int toUnit) {
        Scratch own = shared.scratch[worker];
        if (own.begins(shared.task)) {
            norm.forwardRows(0, count, x, 0, hidden, own.normed, 0, hidden, own.inverse);
            route(worker, own);
        }
        int from = StreamedUnits.first(fromUnit);
        int to = StreamedUnits.end(toUnit, count * innerWidth);
        for (int part = 0; part < count * parts(); part++) {
            int row = part / parts();
            int k = part % parts();
            int start = row * innerWidth + k * width;
            Expert expert = expert(own.indices, row, k);
            int first = Math.max(from - start, 0);
            int end = Math.min(to - start, expert.width());
            if (first < end) {
                innerValues(own, row, expert, first, end, start);
            }
        }
    }

    /** The experts a token passes. */
    private int parts() {
        return chosen + (always == null ? 0 : 1);
    }

    private Expert expert(int[] indices, int row, int k) {
        return k < chosen ? experts[indices[row * chosen + k]] : Objects.requireNonNull(always);
    }

    private void innerValues(Scratch own, int row, Expert expert, int first, int end, int start) {
        int up = expert.width();
        expert.gateUp.stream(first, end, 1, own.normed, row * hidden, hidden, own.gateUp, 0, 2 * up, false);
        expert.gateUp.stream(up + first, up + end, 1, own.normed, row * hidden, hidden, own.gateUp, 0, 2 * up, false);
        SwiGlu.values(end - first, own.gateUp, first, up + first, shared.inner, start + first);
    }

    /** Each worker chooses, then writes its choice where the others write the same. */
    private void route(int worker, Scratch own) {
        if (router == null) {
            return;
        }
        router.logits(count, own.normed, own.scores);
        for (int r = 0; r < count; r++) {
            router.route(worker, own.scores, r * experts.length, own.indices, own.weights, r * chosen);
        }
        System.arraycopy(own.indices, 0, shared.indices, 0, count * chosen);
        System.arraycopy(own.weights, 0, shared.weights, 0, count * chosen);
    }

    private void outputs(int worker, int fromUnit, int toUnit) {
        float[] sums = shared.scratch[worker].sums;
        int from = StreamedUnits.first(fromUnit);
        int to = StreamedUnits.end(toUnit, hidden);
        for (int part = 0; part < count * parts(); part++) {
            int row = part / parts();
            int k = part % parts();
            Expert expert = expert(shared.indices, row, k);
            int in = expert.width();
            expert.down.stream(from, to, 1, shared.inner, row * innerWidth + k * width, in, sums, 0, hidden, false);
            float weight = k < chosen ? shared.weights[row * chosen + k] : 1;
            Vectors.axpy(to - from, weight, sums, from, x, row * hidden + from);
        }
    }
}
