package genka.model;

import genka.kernel.Gemm;
import genka.kernel.Rows;
import genka.kernel.ThreadTeam;
import genka.kernel.Vectors;

/**
 * Multi-token prediction (V3 report §2.2), depth k ≥ 1: row i = eh_proj [enorm(embedding of token i+k); hnorm(h_i)], embedding first, with
 * h the main model's states after its final norm (or those of the module before); then a decoder layer at positions k.., its own norm and
 * the shared head. A sequence of T tokens has T-k rows; row i predicts token i+k+1. Nothing is detached.
 */
final class MtpModule {
    private final ThreadTeam team;
    private final int depth;
    private final int hidden;
    private final Embedding embedding;
    private final NormLayer embeddingNorm;
    private final NormLayer hiddenNorm;
    private final Linear projection;
    private final DecoderLayer layer;
    private final NormLayer finalNorm;
    private final TokenLoss loss;
    private final RaggedRows rows = new RaggedRows();
    private final ThreadTeam.RangeTask gatherTask = this::gatherPiece;
    private final ThreadTeam.RangeTask scatterTask = this::scatterPiece;

    private int[] sources = {};
    private int[] ids = {};
    private int[] targets = {};
    private float[] embedded = {};
    private float[] embeddedInverse = {};
    private float[] below = {};
    private float[] belowInverse = {};
    private float[] joined = {};
    private float[] x = {};
    private float[] states = {};
    private float[] statesInverse = {};
    private float[] dStates = {};
    private float[] dX = {};
    private float[] dJoined = {};
    private float[] dBelow = {};
    private float[] main = {};

    MtpModule(Gemm gemm, Model model, int depth, DecoderLayer layer) {
        Parameters parameters = model.parameters();
        double eps = model.spec().rmsNormEps();
        String prefix = "model.layers." + (model.spec().layers() + depth - 1) + ".";
        this.team = gemm.team();
        this.depth = depth;
        this.hidden = model.spec().hiddenSize();
        this.layer = layer;
        embedding = new Embedding(team, parameters);
        embeddingNorm = new NormLayer(team, parameters, prefix + "enorm.weight", eps);
        hiddenNorm = new NormLayer(team, parameters, prefix + "hnorm.weight", eps);
        projection = Linear.inFloat(gemm, parameters, prefix + "eh_proj.weight");
        finalNorm = new NormLayer(team, parameters, prefix + "shared_head.norm.weight", eps);
        loss = TokenLoss.of(gemm, model);
    }

    RaggedRows rows() {
        return rows;
    }

    /** [rows] */
    int[] targets() {
        return targets;
    }

    TokenLoss loss() {
        return loss;
    }

    /** [rows, hidden] after shared_head.norm: what a next module builds on. */
    float[] states() {
        return states;
    }

    /**
     * Rows of this depth through the module, to its logits.
     *
     * @param above states of depth - 1, with {@code aboveRows}
     */
    void forward(TokenBatch batch, float[] above, RaggedRows aboveRows) {
        rows.shortened(batch, depth);
        int count = rows.rows();
        reserve(count);
        index(batch, aboveRows);
        main = above;
        embedding.forward(count, ids, embedded);
        team.run(count, Workspace.grain(hidden), gatherTask);
        embeddingNorm.forward(count, embedded, joined, 0, 2 * hidden, embeddedInverse);
        hiddenNorm.forward(count, below, joined, hidden, 2 * hidden, belowInverse);
        projection.forward(count, joined, 0, 2 * hidden, x, 0, hidden, false);
        layer.forward(rows, rows, x);
        finalNorm.forward(count, layer.output(), states, 0, hidden, statesInverse);
        loss.forward(count, states);
    }

    private void reserve(int count) {
        long size = (long) count * hidden;
        sources = Workspace.room(sources, count);
        ids = Workspace.room(ids, count);
        targets = Workspace.room(targets, count);
        embedded = Workspace.room(embedded, size);
        embeddedInverse = Workspace.room(embeddedInverse, count);
        below = Workspace.room(below, size);
        belowInverse = Workspace.room(belowInverse, count);
        joined = Workspace.room(joined, 2 * size);
        x = Workspace.room(x, size);
        states = Workspace.room(states, size);
        statesInverse = Workspace.room(statesInverse, count);
    }

    private void index(TokenBatch batch, RaggedRows aboveRows) {
        for (int s = 0; s < rows.sequences(); s++) {
            for (int i = 0; i < rows.length(s); i++) {
                int row = rows.start(s) + i;
                sources[row] = aboveRows.start(s) + i;
                ids[row] = batch.ids()[batch.starts()[s] + i + depth];
                targets[row] = batch.targets()[batch.starts()[s] + i + depth];
            }
        }
    }

    private void gatherPiece(int worker, int from, int to) {
        Rows.gather(from, to, hidden, main, 0, hidden, sources, 0, below, 0, hidden);
    }

    /**
     * Adds the gradient of Σ weight[row] × log-probability to that of the states above, and the weights' gradients.
     *
     * @param fromBelow gradient of {@link #states()} that a deeper module left, or an empty array
     */
    void backward(float[] weight, float[] fromBelow, float[] dAbove) {
        int count = rows.rows();
        long size = (long) count * hidden;
        dStates = Workspace.room(dStates, size);
        dX = Workspace.room(dX, size);
        dJoined = Workspace.room(dJoined, 2 * size);
        dBelow = Workspace.room(dBelow, size);
        loss.backward(targets, weight, states, dStates);
        if (fromBelow.length > 0) {
            Vectors.add((int) size, fromBelow, 0, dStates, 0);
        }
        finalNorm.backward(rows, layer.output(), statesInverse, dStates, 0, hidden, dX);
        dX = layer.backward(rows, rows, x, dX);
        projection.backwardWeight(count, joined, 0, 2 * hidden, dX, 0, hidden);
        projection.backwardInput(count, dX, 0, hidden, dJoined, 0, 2 * hidden, false);
        embeddingNorm.backward(rows, embedded, embeddedInverse, dJoined, 0, 2 * hidden, dBelow);
        embedding.backward(count, ids, dBelow);
        hiddenNorm.backward(rows, below, belowInverse, dJoined, hidden, 2 * hidden, dBelow);
        main = dAbove;
        team.run(count, Workspace.grain(hidden), scatterTask);
    }

    private void scatterPiece(int worker, int from, int to) {
        for (int r = from; r < to; r++) {
            Vectors.add(hidden, dBelow, r * hidden, main, sources[r] * hidden);
        }
    }
}
