package genka.model;

import genka.catalog.MoeSpec;
import genka.kernel.Gemm;
import genka.kernel.Rows;
import genka.kernel.SerialGemm;
import genka.kernel.SwiGlu;
import genka.kernel.ThreadTeam;
import genka.kernel.Vectors;
import org.jspecify.annotations.Nullable;

/**
 * Routed and shared experts (V3 report §2.1.2): y += Σ w_e Expert_e(x) + Shared(x). Tokens are sorted by expert and each expert runs over
 * its list in pieces of {@code CHUNK} tokens, whatever the number of threads; a token's experts are added up in ascending order.
 */
final class MixtureOfExperts implements FeedForward {
    private static final int CHUNK = 256;
    private static final int WEIGHT_ROWS = 64;

    /** What a backward needs of the forward; layers that never run backward share one. Rows are (token, expert) pairs by expert. */
    static final class Activations {
        private final Router.Activations router = new Router.Activations();
        private final SwigluFeedForward.Activations shared = new SwigluFeedForward.Activations();
        private final ExpertLists lists = new ExpertLists();
        private float[] gathered = {};
        private float[] gateUp = {};
        private float[] inner = {};
        private float[] outputs = {};
    }

    /** Buffers of the backward that all layers share. */
    static final class Shared {
        private final Router.Shared router = new Router.Shared();
        private float[] dWeights = {};
        private float[] dInner = {};
        private float[] dGathered = {};
    }

    private record Expert(Linear gateUp, Linear down) {}

    private final Gemm gemm;
    private final ThreadTeam team;
    private final MoeSpec moe;
    private final Parameters parameters;
    private final int hidden;
    private final int width;
    private final Router router;
    private final @Nullable SwigluFeedForward sharedExperts;
    private final Expert[] experts;
    private final Shared shared;
    private final Activations own;
    private final ThreadTeam.RangeTask expertTask = this::runExperts;
    private final ThreadTeam.RangeTask combineTask = this::combine;
    private final ThreadTeam.RangeTask spreadTask = this::spread;
    private final ThreadTeam.RangeTask expertBackwardTask = this::runExpertsBackward;
    private final ThreadTeam.RangeTask weightTask = this::weightGradients;
    private final ThreadTeam.RangeTask collectTask = this::collect;

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
        this.parameters = parameters;
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
    public void forward(int rows, float[] x, float[] y) {
        router.forward(rows, x);
        own.lists.sort(rows, moe, router.indices(), CHUNK);
        long pairs = own.lists.pairs();
        own.gathered = Workspace.room(own.gathered, pairs * hidden);
        own.gateUp = Workspace.room(own.gateUp, pairs * 2 * width);
        own.inner = Workspace.room(own.inner, pairs * width);
        own.outputs = Workspace.room(own.outputs, pairs * hidden);
        this.x = x;
        this.y = y;
        team.each(own.lists.chunks(), expertTask);
        team.run(rows, Workspace.grain(hidden * moe.expertsPerToken()), combineTask);
        if (sharedExperts != null) {
            sharedExperts.forward(rows, x, y);
        }
    }

    private void runExperts(int worker, int fromChunk, int toChunk) {
        SerialGemm serial = gemm.serial(worker);
        for (int c = fromChunk; c < toChunk; c++) {
            Expert expert = experts[own.lists.expert(c)];
            int from = own.lists.from(c);
            int count = own.lists.to(c) - from;
            Rows.gather(0, count, hidden, x, 0, hidden, own.lists.tokens(), from, own.gathered, from * hidden, hidden);
            expert.gateUp.forward(
                    serial, count, own.gathered, from * hidden, hidden, own.gateUp, from * 2 * width, 2 * width);
            SwiGlu.forward(0, count, width, own.gateUp, from * 2 * width, own.inner, from * width);
            expert.down.forward(serial, count, own.inner, from * width, width, own.outputs, from * hidden, hidden);
        }
    }

    /** y[token] += Σ weight × output, in the order of experts. */
    private void combine(int worker, int from, int to) {
        int chosen = moe.expertsPerToken();
        for (int r = from; r < to; r++) {
            for (int k = r * chosen; k < (r + 1) * chosen; k++) {
                int at = own.lists.pair(k) * hidden;
                Vectors.axpy(hidden, router.weights()[k], own.outputs, at, y, r * hidden);
            }
        }
    }

    /** The weighted balance loss of the last forward; the next backward includes its gradient. */
    double balance(RaggedRows rows, double weight) {
        balanceWeight = weight;
        return router.balance(rows, weight);
    }

    @Override
    public void backward(RaggedRows rows, float[] x, float[] dy, float[] dx) {
        int count = rows.rows();
        long pairs = own.lists.pairs();
        shared.dWeights = Workspace.room(shared.dWeights, pairs);
        shared.dInner = Workspace.room(shared.dInner, pairs * width);
        shared.dGathered = Workspace.room(shared.dGathered, pairs * hidden);
        parameters.gradients();
        this.x = x;
        this.y = dy;
        team.run(count, Workspace.grain(hidden * moe.expertsPerToken()), spreadTask);
        team.each(own.lists.chunks(), expertBackwardTask);
        team.each(experts.length * weightPieces(), weightTask);
        router.backward(rows, x, shared.dWeights, balanceWeight, dx);
        balanceWeight = 0;
        this.y = dx;
        team.run(count, Workspace.grain(hidden * moe.expertsPerToken()), collectTask);
        if (sharedExperts != null) {
            sharedExperts.backward(count, x, dy, dx, true);
        }
    }

    /** Gradients of the weights, and of the outputs in place of the outputs. */
    private void spread(int worker, int from, int to) {
        int chosen = moe.expertsPerToken();
        for (int r = from; r < to; r++) {
            for (int k = r * chosen; k < (r + 1) * chosen; k++) {
                int at = own.lists.pair(k) * hidden;
                shared.dWeights[k] = Vectors.dot(hidden, y, r * hidden, own.outputs, at);
                System.arraycopy(y, r * hidden, own.outputs, at, hidden);
                Vectors.scale(hidden, router.weights()[k], own.outputs, at);
            }
        }
    }

    private void runExpertsBackward(int worker, int fromChunk, int toChunk) {
        SerialGemm serial = gemm.serial(worker);
        for (int c = fromChunk; c < toChunk; c++) {
            Expert expert = experts[own.lists.expert(c)];
            int from = own.lists.from(c);
            int count = own.lists.to(c) - from;
            expert.down.backwardInput(
                    serial, count, own.outputs, from * hidden, hidden, shared.dInner, from * width, width);
            SwiGlu.backward(0, count, width, own.gateUp, from * 2 * width, shared.dInner, from * width);
            expert.gateUp.backwardInput(
                    serial, count, own.gateUp, from * 2 * width, 2 * width, shared.dGathered, from * hidden, hidden);
        }
    }

    private int downPieces() {
        return (hidden + WEIGHT_ROWS - 1) / WEIGHT_ROWS;
    }

    private int weightPieces() {
        return downPieces() + (2 * width + WEIGHT_ROWS - 1) / WEIGHT_ROWS;
    }

    private void weightGradients(int worker, int fromPiece, int toPiece) {
        SerialGemm serial = gemm.serial(worker);
        for (int p = fromPiece; p < toPiece; p++) {
            Expert expert = experts[p / weightPieces()];
            int first = own.lists.first(p / weightPieces());
            int count = own.lists.count(p / weightPieces());
            int piece = p % weightPieces();
            if (count > 0 && piece < downPieces()) {
                int from = piece * WEIGHT_ROWS;
                int to = Math.min(hidden, from + WEIGHT_ROWS);
                expert.down.backwardWeight(
                        serial, from, to, count, own.inner, first * width, width, own.outputs, first * hidden, hidden);
            } else if (count > 0) {
                int from = (piece - downPieces()) * WEIGHT_ROWS;
                int to = Math.min(2 * width, from + WEIGHT_ROWS);
                int at = first * 2 * width;
                expert.gateUp.backwardWeight(
                        serial, from, to, count, own.gathered, first * hidden, hidden, own.gateUp, at, 2 * width);
            }
        }
    }

    /** dx[token] += Σ over its experts, in their order. */
    private void collect(int worker, int from, int to) {
        int chosen = moe.expertsPerToken();
        for (int r = from; r < to; r++) {
            for (int k = r * chosen; k < (r + 1) * chosen; k++) {
                Vectors.add(hidden, shared.dGathered, own.lists.pair(k) * hidden, y, r * hidden);
            }
        }
    }
}
