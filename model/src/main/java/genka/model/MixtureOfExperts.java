package genka.model;

import genka.catalog.MoeSpec;
import genka.kernel.Gemm;
import genka.kernel.Rows;
import genka.kernel.SerialGemm;
import genka.kernel.SwiGlu;
import genka.kernel.ThreadTeam;
import genka.kernel.Vectors;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Routed and shared experts (V3 report §2.1.2): y += Shared(x) + Σ w_e Expert_e(x). Tokens are sorted by expert and each expert runs over
 * its list in pieces of {@code CHUNK} tokens, whatever the number of threads; a token's experts are added up in ascending order. What a
 * backward can gather or compute again cheaply is not kept.
 */
final class MixtureOfExperts implements FeedForward {
    private static final int CHUNK = 256;

    /** What a backward needs of the forward; layers that never run backward share one. Rows are (token, expert) pairs by expert. */
    static final class Activations {
        private final Router.Activations router = new Router.Activations();
        private final SwigluFeedForward.Activations shared = new SwigluFeedForward.Activations();
        private final ExpertLists lists = new ExpertLists();
        private float[] gateUp = {};
    }

    /** Buffers that all layers share; those with rows have one for each pair. */
    static final class Shared {
        private final Router.Shared router = new Router.Shared();
        private final float[][] chunk;
        private float[] inputs = {};
        private float[] inner = {};
        private float[] outputs = {};
        private float[] dOutputs = {};
        private float[] dWeights = {};

        Shared(int threads) {
            chunk = new float[threads][0];
        }
    }

    private record Expert(Linear gateUp, Linear down) {}

    private final Gemm gemm;
    private final ThreadTeam team;
    private final MoeSpec moe;
    private final int hidden;
    private final int width;
    private final Router router;
    private final @Nullable SwigluFeedForward sharedExperts;
    private final Expert[] experts;
    private final Shared shared;
    private final Activations own;
    private final ThreadTeam.RangeTask expertTask = this::runExperts;
    private final ThreadTeam.RangeTask combineTask = this::combine;
    private final ThreadTeam.RangeTask expertBackwardTask = this::runExpertsBackward;

    private float[] x = {};
    private float[] y = {};
    private double balanceWeight;

    /** @param prefix of the tensors' names, up to {@code mlp.} */
    MixtureOfExperts(
            Gemm gemm,
            Parameters parameters,
            String prefix,
            MoeSpec moe,
            SwigluFeedForward.Shared feedForward,
            Shared shared,
            Activations own) {
        this.gemm = gemm;
        this.team = gemm.team();
        this.moe = moe;
        this.router = new Router(gemm, parameters, prefix, moe, shared.router, own.router);
        this.sharedExperts = moe.sharedExperts() == 0
                ? null
                : new SwigluFeedForward(gemm, parameters, prefix + "shared_experts.", feedForward, own.shared);
        this.experts = new Expert[moe.routedExperts()];
        for (int e = 0; e < experts.length; e++) {
            String name = prefix + "experts." + e + ".";
            experts[e] = new Expert(
                    Linear.of(gemm, parameters, name + "gate_proj.weight", name + "up_proj.weight"),
                    Linear.of(gemm, parameters, name + "down_proj.weight"));
        }
        this.hidden = experts[0].gateUp.in();
        this.width = moe.intermediateSize();
        this.shared = shared;
        this.own = own;
    }

    Router router() {
        return router;
    }

    /** Tokens of the last forward that went to that expert. */
    int load(int expert) {
        return own.lists.count(expert);
    }

    @Override
    public List<Linear> linears() {
        List<Linear> linears = new ArrayList<>();
        if (sharedExperts != null) {
            linears.addAll(sharedExperts.linears());
        }
        for (Expert expert : experts) {
            linears.add(expert.gateUp);
            linears.add(expert.down);
        }
        linears.add(router.gate());
        return linears;
    }

    @Override
    public void reserve(int rows) {
        router.reserve(rows);
        if (sharedExperts != null) {
            sharedExperts.reserve(rows);
        }
    }

    @Override
    public void forwardRows(int worker, int from, int to, float[] x, float[] y) {
        router.forwardRows(worker, from, to, x);
        if (sharedExperts != null) {
            sharedExperts.forwardRows(worker, from, to, x, y);
        }
    }

    @Override
    public void finishForward(int rows, float[] x, float[] y) {
        own.lists.sort(rows, moe, router.indices(), CHUNK);
        long pairs = own.lists.pairs();
        own.gateUp = Workspace.room(own.gateUp, pairs * 2 * width);
        shared.outputs = Workspace.room(shared.outputs, pairs * hidden);
        reserveChunks();
        this.x = x;
        this.y = y;
        team.each(own.lists.chunks(), expertTask);
        team.run(rows, Workspace.grain(hidden * moe.expertsPerToken()), combineTask);
    }

    private void reserveChunks() {
        for (int worker = 0; worker < shared.chunk.length; worker++) {
            shared.chunk[worker] = Workspace.room(shared.chunk[worker], (long) CHUNK * (hidden + width));
        }
    }

    private void runExperts(int worker, int fromChunk, int toChunk) {
        SerialGemm serial = gemm.serial(worker);
        float[] chunk = shared.chunk[worker];
        int innerAt = CHUNK * hidden;
        for (int c = fromChunk; c < toChunk; c++) {
            Expert expert = experts[own.lists.expert(c)];
            int from = own.lists.from(c);
            int count = own.lists.to(c) - from;
            int at = from * 2 * width;
            Rows.gather(0, count, hidden, x, 0, hidden, own.lists.tokens(), from, chunk, 0, hidden);
            expert.gateUp.packedForward(serial, count, chunk, 0, hidden, own.gateUp, at, 2 * width, false);
            SwiGlu.forward(0, count, width, own.gateUp, at, chunk, innerAt);
            expert.down.packedForward(
                    serial, count, chunk, innerAt, width, shared.outputs, from * hidden, hidden, false);
        }
    }

    /** y[token] += Σ weight × output, in the order of experts. */
    private void combine(int worker, int from, int to) {
        int chosen = moe.expertsPerToken();
        for (int r = from; r < to; r++) {
            for (int k = r * chosen; k < (r + 1) * chosen; k++) {
                int at = own.lists.pair(k) * hidden;
                Vectors.axpy(hidden, router.weights()[k], shared.outputs, at, y, r * hidden);
            }
        }
    }

    /** The weighted balance loss of the last forward; the next backward includes its gradient. */
    double balance(RaggedRows rows, double weight) {
        balanceWeight = weight;
        return router.balance(rows, weight);
    }

    @Override
    public void beginBackward(RaggedRows rows, float[] x, float[] dy) {
        long pairs = own.lists.pairs();
        shared.dWeights = Workspace.room(shared.dWeights, pairs);
        shared.inputs = Workspace.room(shared.inputs, pairs * hidden);
        shared.inner = Workspace.room(shared.inner, pairs * width);
        shared.outputs = Workspace.room(shared.outputs, pairs * hidden);
        shared.dOutputs = Workspace.room(shared.dOutputs, pairs * hidden);
        reserveChunks();
        this.x = x;
        this.y = dy;
        router.beginBackward(rows, balanceWeight);
        balanceWeight = 0;
        team.each(own.lists.chunks(), expertBackwardTask);
        if (sharedExperts != null) {
            sharedExperts.beginBackward(rows, x, dy);
        }
    }

    /**
     * With i = silu(gate) up of a pair and w its weight: the gradient of w is i · (dy W), that of i is w dy W. The product of the down
     * projection's gradient takes w i and dy.
     */
    private void runExpertsBackward(int worker, int fromChunk, int toChunk) {
        SerialGemm serial = gemm.serial(worker);
        float[] dInner = shared.chunk[worker];
        for (int c = fromChunk; c < toChunk; c++) {
            Expert expert = experts[own.lists.expert(c)];
            int from = own.lists.from(c);
            int count = own.lists.to(c) - from;
            int at = from * 2 * width;
            int[] tokens = own.lists.tokens();
            Rows.gather(0, count, hidden, x, 0, hidden, tokens, from, shared.inputs, from * hidden, hidden);
            Rows.gather(0, count, hidden, y, 0, hidden, tokens, from, shared.dOutputs, from * hidden, hidden);
            expert.down.packedBackwardInput(
                    serial, count, shared.dOutputs, from * hidden, hidden, dInner, 0, width, false);
            SwiGlu.backward(0, count, width, own.gateUp, at, dInner, 0, shared.inner, from * width);
            for (int i = 0; i < count; i++) {
                int k = own.lists.choice(from + i);
                float weight = router.weights()[k];
                int innerAt = (from + i) * width;
                shared.dWeights[k] = Vectors.dot(width, dInner, i * width, shared.inner, innerAt);
                Vectors.scale(width, weight, shared.inner, innerAt);
                Vectors.scale(2 * width, weight, own.gateUp, at + i * 2 * width);
            }
            expert.gateUp.packedBackwardInput(
                    serial, count, own.gateUp, at, 2 * width, shared.outputs, from * hidden, hidden, false);
        }
    }

    @Override
    public void backwardRows(int worker, int from, int to, float[] dy, float[] dx, int dxAt) {
        router.backwardRows(worker, from, to, shared.dWeights, dx, dxAt);
        int chosen = moe.expertsPerToken();
        for (int r = from; r < to; r++) {
            for (int k = r * chosen; k < (r + 1) * chosen; k++) {
                Vectors.add(hidden, shared.outputs, own.lists.pair(k) * hidden, dx, dxAt + (r - from) * hidden);
            }
        }
        if (sharedExperts != null) {
            sharedExperts.backwardRows(worker, from, to, dy, dx, dxAt, true);
        }
    }

    @Override
    public void weightGradients(WeightGradients gradients, int rows, float[] x, float[] dy) {
        router.weightGradients(gradients, rows, x);
        if (sharedExperts != null) {
            sharedExperts.weightGradients(gradients, rows, x, dy);
        }
        for (int e = 0; e < experts.length; e++) {
            int first = own.lists.first(e);
            int count = own.lists.count(e);
            gradients.add(
                    experts[e].gateUp,
                    count,
                    shared.inputs,
                    first * hidden,
                    hidden,
                    own.gateUp,
                    first * 2 * width,
                    2 * width);
            gradients.add(
                    experts[e].down,
                    count,
                    shared.inner,
                    first * width,
                    width,
                    shared.dOutputs,
                    first * hidden,
                    hidden);
        }
    }
}
