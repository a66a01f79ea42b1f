package genka.model;

import genka.kernel.SerialGemm;

/** Queries of reduced rank: a part of the down projection, normalised, then widened to all heads (DeepSeek-V2, arXiv 2405.04434 §2.1.3). */
final class QueryLora {
    /** What all layers share. */
    static final class Shared {
        private float[] picked = {};
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

    /** [ends, heads * qk] of the last forward. */
    float[] query() {
        return own.query;
    }

    /** [ends, heads * qk] gradients, for {@link #backwardRows}. */
    float[] dQuery() {
        return shared.dQuery;
    }

    void reserve(RaggedRows ends) {
        reserveLatents(ends);
        own.inverse = Workspace.room(own.inverse, ends.rows());
        own.query = Workspace.room(own.query, (long) ends.rows() * width);
    }

    private void reserveLatents(RaggedRows ends) {
        if (ends.areEnds()) {
            shared.picked = Workspace.room(shared.picked, (long) ends.rows() * rank);
        }
        shared.latent = Workspace.room(shared.latent, (long) ends.rows() * rank);
    }

    void reserveBackward(RaggedRows ends) {
        reserveLatents(ends);
        shared.dQuery = Workspace.room(shared.dQuery, (long) ends.rows() * width);
        norm.prepareBackward(ends);
    }

    /** Inside a task: the queries of a block's ends, from the down projection of its rows. */
    void forwardRows(SerialGemm serial, RaggedRows ends, int block, float[] down) {
        int from = ends.blockFrom(block);
        int to = ends.blockTo(block);
        latents(ends, block, down);
        up.packedForward(serial, to - from, shared.latent, from * rank, rank, own.query, from * width, width, false);
    }

    private void latents(RaggedRows ends, int block, float[] down) {
        if (ends.areEnds()) {
            ends.pick(block, rank, down, downWidth, shared.picked);
        }
        norm.forwardRows(
                ends.blockFrom(block),
                ends.blockTo(block),
                unnormed(ends, down),
                0,
                unnormedStride(ends),
                shared.latent,
                0,
                rank,
                own.inverse);
    }

    /** Latents before the norm, which lie as the ends do: where they are, or picked out. */
    private float[] unnormed(RaggedRows ends, float[] down) {
        return ends.areEnds() ? shared.picked : down;
    }

    private int unnormedStride(RaggedRows ends) {
        return ends.areEnds() ? rank : downWidth;
    }

    /**
     * Inside a task: the gradient of a block's part of {@code down}, in {@code dDown}.
     *
     * @param scratch room for the block's latents
     */
    void backwardRows(
            SerialGemm serial,
            RaggedRows rows,
            RaggedRows ends,
            int block,
            float[] down,
            float[] dDown,
            float[] scratch) {
        int from = ends.blockFrom(block);
        int to = ends.blockTo(block);
        latents(ends, block, down); // again: all layers share them
        up.packedBackwardInput(serial, to - from, shared.dQuery, from * width, width, scratch, 0, rank, false);
        int at = -from * rank;
        float[] x = unnormed(ends, down);
        if (ends.areEnds()) {
            norm.backwardRows(ends, block, x, 0, rank, own.inverse, scratch, at, rank, scratch, at, rank, false);
            ends.putBack(rows, block, rank, scratch, 0, dDown, downWidth);
        } else {
            norm.backwardRows(ends, block, x, 0, downWidth, own.inverse, scratch, at, rank, dDown, 0, downWidth, false);
        }
    }

    void weightGradients(WeightGradients gradients, RaggedRows ends) {
        norm.addWeightGradient(ends);
        gradients.add(up, ends.rows(), shared.latent, 0, rank, shared.dQuery, 0, width);
    }
}
