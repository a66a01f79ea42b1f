package genka.model;

import genka.kernel.Gemm;
import genka.kernel.SerialGemm;
import genka.kernel.SwiGlu;
import java.util.List;

/** y = down(silu(gate x) · up x) (Shazeer 2020, arXiv 2002.05202), gate and up in one product. Dense layers and shared experts. */
final class SwigluFeedForward implements FeedForward {
    /** What a backward needs of the forward; layers that never run backward share one. */
    static final class Activations {
        private float[] gateUp = {};
    }

    /** Buffers that all layers share. */
    static final class Shared {
        private float[] inner = {};
        private final float[][] dInner;

        Shared(int threads) {
            dInner = new float[threads][0];
        }
    }

    private final Gemm gemm;
    private final Linear gateUp;
    private final Linear down;
    private final int hidden;
    private final int width;
    private final Shared shared;
    private final Activations own;

    /** @param prefix of the tensors' names, up to {@code mlp.} or {@code shared_experts.} */
    SwigluFeedForward(Gemm gemm, Parameters parameters, String prefix, Shared shared, Activations own) {
        this.gemm = gemm;
        this.gateUp = Linear.of(gemm, parameters, prefix + "gate_proj.weight", prefix + "up_proj.weight");
        this.down = Linear.of(gemm, parameters, prefix + "down_proj.weight");
        this.hidden = gateUp.in();
        this.width = down.in();
        this.shared = shared;
        this.own = own;
    }

    @Override
    public List<Linear> linears() {
        return List.of(gateUp, down);
    }

    @Override
    public void reserve(int rows) {
        own.gateUp = Workspace.room(own.gateUp, 2L * rows * width);
        shared.inner = Workspace.room(shared.inner, (long) rows * width);
    }

    @Override
    public void forwardRows(int worker, int from, int to, float[] x, float[] y) {
        SerialGemm serial = gemm.serial(worker);
        gateUp.packedForward(
                serial, to - from, x, from * hidden, hidden, own.gateUp, from * 2 * width, 2 * width, false);
        SwiGlu.forward(from, to, width, own.gateUp, 0, shared.inner, 0);
        down.packedForward(serial, to - from, shared.inner, from * width, width, y, from * hidden, hidden, true);
    }

    @Override
    public void finishForward(int rows, float[] x, float[] y) {}

    @Override
    public void beginBackward(RaggedRows rows, float[] x, float[] dy) {
        for (int worker = 0; worker < shared.dInner.length; worker++) {
            shared.dInner[worker] = Workspace.room(shared.dInner[worker], (long) RaggedRows.BLOCK * width);
        }
    }

    @Override
    public void backwardRows(int worker, int from, int to, float[] dy, float[] dx, int dxAt) {
        backwardRows(worker, from, to, dy, dx, dxAt, false);
    }

    void backwardRows(int worker, int from, int to, float[] dy, float[] dx, int dxAt, boolean accumulate) {
        SerialGemm serial = gemm.serial(worker);
        float[] dInner = shared.dInner[worker];
        down.packedBackwardInput(serial, to - from, dy, from * hidden, hidden, dInner, 0, width, false);
        SwiGlu.backward(from, to, width, own.gateUp, 0, dInner, -from * width, shared.inner, 0);
        gateUp.packedBackwardInput(
                serial, to - from, own.gateUp, from * 2 * width, 2 * width, dx, dxAt, hidden, accumulate);
    }

    @Override
    public void weightGradients(WeightGradients gradients, int rows, float[] x, float[] dy) {
        gradients.add(gateUp, rows, x, 0, hidden, own.gateUp, 0, 2 * width);
        gradients.add(down, rows, shared.inner, 0, width, dy, 0, hidden);
    }
}
