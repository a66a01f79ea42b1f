package genka.model;

import genka.kernel.Rows;
import genka.kernel.ThreadTeam;
import genka.kernel.Vectors;

/** Rows of the embedding matrix by token id; gradients are split over columns, so a token's rows add up in their order. */
final class Embedding {
    private final ThreadTeam team;
    private final Parameters parameters;
    private final int offset;
    private final int hidden;
    private final ThreadTeam.RangeTask forwardTask = this::forwardPiece;
    private final ThreadTeam.RangeTask backwardTask = this::backwardPiece;
    private int rows;
    private int[] ids = {};
    private float[] x = {};

    Embedding(ThreadTeam team, Parameters parameters) {
        Parameters.Entry entry = parameters.entry("model.embed_tokens.weight");
        this.team = team;
        this.parameters = parameters;
        this.offset = entry.offset();
        this.hidden = entry.shape().get(1);
    }

    /** x [rows, hidden] of the tokens. */
    void forward(int rows, int[] ids, float[] x) {
        this.ids = ids;
        this.x = x;
        team.run(rows, Workspace.grain(hidden), forwardTask);
    }

    void backward(int rows, int[] ids, float[] dx) {
        this.rows = rows;
        this.ids = ids;
        this.x = dx;
        parameters.gradients();
        team.run(hidden, Math.max(16, 16384 / Math.max(1, rows)), backwardTask);
    }

    private void forwardPiece(int worker, int from, int to) {
        Rows.gather(from, to, hidden, parameters.values(), offset, hidden, ids, 0, x, 0, hidden);
    }

    private void backwardPiece(int worker, int from, int to) {
        for (int r = 0; r < rows; r++) {
            Vectors.add(to - from, x, r * hidden + from, parameters.gradients(), offset + ids[r] * hidden + from);
        }
    }
}
