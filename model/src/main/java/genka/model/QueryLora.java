package genka.model;

import genka.kernel.SerialGemm;

/** Queries of reduced rank: a part of the down projection, normalised, then widened to all heads (DeepSeek-V2, arXiv 2405.04434 §2.1.3). */
final class QueryLora {
    /** What all layers share. */
    static final class Shared {
        private float[] latent = {};
        private float[] dQuery = {};
    }

    /** What a backward needs of the forward; layers that never run backward share one. */
    static final class Activations {
        private float[] inverse = {};
        private float[] query = {};
    }

    private final NormLayer norm;
    private final Linear up;
    private final int rank;
    private final int width;
    private final int downWidth;
    private final Shared shared;
    private final Activations own;

    /** @param downWidth of the rows whose first values are the latents before the norm */
    QueryLora(NormLayer norm, Linear up, int downWidth, Shared shared, Activations own) {
        this.norm = norm;
        this.up = up;
        this.rank = up.in();
        this.width = up.out();
        this.downWidth = downWidth;
        this.shared = shared;
        this.own = own;
    }

    Linear up() {
        return up;
    }

    /** [rows, heads * qk] of the last forward. */
    float[] query() {
        return own.query;
    }

    /** [rows, heads * qk] gradients, for {@link #backwardRows}. */
    float[] dQuery() {
        return shared.dQuery;
    }

    void reserve(int rows) {
        shared.latent = Workspace.room(shared.latent, (long) rows * rank);
        own.inverse = Workspace.room(own.inverse, rows);
        own.query = Workspace.room(own.query, (long) rows * width);
    }

    void reserveBackward(RaggedRows rows) {
        shared.latent = Workspace.room(shared.latent, (long) rows.rows() * rank);
        shared.dQuery = Workspace.room(shared.dQuery, (long) rows.rows() * width);
        norm.prepareBackward(rows);
    }

    /** Inside a task: the latents of the rows. */
    void latentRows(int from, int to, float[] down) {
        norm.forwardRows(from, to, down, 0, downWidth, shared.latent, 0, rank, own.inverse);
    }

    /** Inside a task, after {@link #latentRows}: the queries of the rows. */
    void widenRows(SerialGemm serial, int from, int to) {
        up.packedForward(serial, to - from, shared.latent, from * rank, rank, own.query, from * width, width, false);
    }

    /**
     * Inside a task: the gradient of a block's part of {@code down}, in {@code dDown}.
     *
     * @param scratch room for the block's latents
     */
    void backwardRows(SerialGemm serial, RaggedRows rows, int block, float[] down, float[] dDown, float[] scratch) {
        int from = rows.blockFrom(block);
        int to = rows.blockTo(block);
        latentRows(from, to, down); // again: all layers share them
        up.packedBackwardInput(serial, to - from, shared.dQuery, from * width, width, scratch, 0, rank, false);
        norm.backwardRows(
                rows, block, down, 0, downWidth, own.inverse, scratch, -from * rank, rank, dDown, 0, downWidth, false);
    }

    void weightGradients(WeightGradients gradients, RaggedRows rows) {
        norm.addWeightGradient(rows);
        gradients.add(up, rows.rows(), shared.latent, 0, rank, shared.dQuery, 0, width);
    }
}
