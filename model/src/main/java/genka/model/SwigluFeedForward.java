package genka.model;

import genka.kernel.Gemm;
import genka.kernel.SwiGlu;
import genka.kernel.ThreadTeam;

/** y = down(silu(gate x) · up x) (Shazeer 2020, arXiv 2002.05202), gate and up in one product. Dense layers and shared experts. */
final class SwigluFeedForward implements FeedForward {
    /** What a backward needs of the forward; layers that never run backward share one. */
    static final class Activations {
        private float[] gateUp = {};
        private float[] inner = {};
    }

    /** A buffer of the backward that all layers share. */
    static final class Shared {
        private float[] dInner = {};
    }

    private final ThreadTeam team;
    private final Linear gateUp;
    private final Linear down;
    private final int width;
    private final Shared shared;
    private final Activations own;
    private final ThreadTeam.RangeTask forwardTask = this::forwardPiece;
    private final ThreadTeam.RangeTask backwardTask = this::backwardPiece;

    /** @param prefix of the tensors' names, up to {@code mlp.} or {@code shared_experts.} */
    SwigluFeedForward(Gemm gemm, Parameters parameters, String prefix, Shared shared, Activations own) {
        this.team = gemm.team();
        this.gateUp = Linear.of(gemm, parameters, prefix + "gate_proj.weight", prefix + "up_proj.weight");
        this.down = Linear.of(gemm, parameters, prefix + "down_proj.weight");
        this.width = down.in();
        this.shared = shared;
        this.own = own;
    }

    @Override
    public void forward(int rows, float[] x, float[] y) {
        int hidden = gateUp.in();
        own.gateUp = Workspace.room(own.gateUp, 2L * rows * width);
        own.inner = Workspace.room(own.inner, (long) rows * width);
        gateUp.forward(rows, x, 0, hidden, own.gateUp, 0, 2 * width, false);
        team.run(rows, Workspace.grain(4 * width), forwardTask);
        down.forward(rows, own.inner, 0, width, y, 0, hidden, true);
    }

    @Override
    public void backward(RaggedRows rows, float[] x, float[] dy, float[] dx) {
        backward(rows.rows(), x, dy, dx, false);
    }

    void backward(int rows, float[] x, float[] dy, float[] dx, boolean accumulate) {
        int hidden = gateUp.in();
        shared.dInner = Workspace.room(shared.dInner, (long) rows * width);
        down.backwardWeight(rows, own.inner, 0, width, dy, 0, hidden);
        down.backwardInput(rows, dy, 0, hidden, shared.dInner, 0, width, false);
        team.run(rows, Workspace.grain(4 * width), backwardTask);
        gateUp.backwardWeight(rows, x, 0, hidden, own.gateUp, 0, 2 * width);
        gateUp.backwardInput(rows, own.gateUp, 0, 2 * width, dx, 0, hidden, accumulate);
    }

    private void forwardPiece(int worker, int from, int to) {
        SwiGlu.forward(from, to, width, own.gateUp, 0, own.inner, 0);
    }

    private void backwardPiece(int worker, int from, int to) {
        SwiGlu.backward(from, to, width, own.gateUp, 0, shared.dInner, 0);
    }
}
