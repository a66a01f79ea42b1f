package genka.model;

import genka.kernel.RmsNorm;
import genka.kernel.ThreadTeam;
import genka.kernel.Vectors;

/**
 * Root-mean-square normalisation with a weight. The weight's gradient is summed by block of rows, then over the blocks in their order.
 * Methods that end in {@code Rows} run inside a task of the team.
 */
final class NormLayer {
    private final ThreadTeam team;
    private final Parameters parameters;
    private final int offset;
    private final int width;
    private final float eps;
    private final ThreadTeam.RangeTask forwardTask = this::forwardPiece;
    private final ThreadTeam.RangeTask backwardTask = this::backwardPiece;

    private RaggedRows rows = new RaggedRows();
    private float[] x = {};
    private float[] inverse = {};
    private float[] y = {};
    private int yAt;
    private int ldy;
    private float[] dx = {};
    private float[] partial = {};

    NormLayer(ThreadTeam team, Parameters parameters, String name, double eps) {
        Parameters.Entry entry = parameters.entry(name);
        this.team = team;
        this.parameters = parameters;
        this.offset = entry.offset();
        this.width = entry.size();
        this.eps = (float) eps;
    }

    int width() {
        return width;
    }

    /** y from x [rows, width], keeping the reciprocal roots in {@code inverse} [rows]. */
    void forward(int rows, float[] x, float[] y, int yAt, int ldy, float[] inverse) {
        this.x = x;
        this.inverse = inverse;
        this.y = y;
        this.yAt = yAt;
        this.ldy = ldy;
        team.run(rows, Workspace.grain(width), forwardTask);
    }

    /** dx [rows, width] from dy, and the weight's gradient. */
    void backward(RaggedRows rows, float[] x, float[] inverse, float[] dy, int dyAt, int lddy, float[] dx) {
        this.rows = rows;
        this.x = x;
        this.inverse = inverse;
        this.y = dy;
        this.yAt = dyAt;
        this.ldy = lddy;
        this.dx = dx;
        prepareBackward(rows);
        team.each(rows.blocks(), backwardTask);
        addWeightGradient(rows);
    }

    void forwardRows(int from, int to, float[] x, int xAt, int ldx, float[] y, int yAt, int ldy, float[] inverse) {
        RmsNorm.forward(from, to, width, eps, x, xAt, ldx, parameters.values(), offset, y, yAt, ldy, inverse);
    }

    /** Makes room for what the blocks of {@link #backwardRows} sum up. */
    void prepareBackward(RaggedRows rows) {
        partial = Workspace.room(partial, (long) rows.blocks() * width);
    }

    /** dx of a block's rows from dy, added to dx when {@code accumulate}; {@link #addWeightGradient} follows when all blocks are done. */
    void backwardRows(
            RaggedRows rows,
            int block,
            float[] x,
            int xAt,
            int ldx,
            float[] inverse,
            float[] dy,
            int dyAt,
            int lddy,
            float[] dx,
            int dxAt,
            int lddx,
            boolean accumulate) {
        int from = rows.blockFrom(block);
        int to = rows.blockTo(block);
        RmsNorm.weightGradient(from, to, width, x, xAt, ldx, inverse, dy, dyAt, lddy, partial, block * width);
        RmsNorm.backward(
                from,
                to,
                width,
                x,
                xAt,
                ldx,
                parameters.values(),
                offset,
                inverse,
                dy,
                dyAt,
                lddy,
                dx,
                dxAt,
                lddx,
                accumulate);
    }

    void addWeightGradient(RaggedRows rows) {
        for (int block = 0; block < rows.blocks(); block++) {
            Vectors.add(width, partial, block * width, parameters.gradients(), offset);
        }
    }

    private void forwardPiece(int worker, int from, int to) {
        forwardRows(from, to, x, 0, width, y, yAt, ldy, inverse);
    }

    private void backwardPiece(int worker, int from, int to) {
        for (int block = from; block < to; block++) {
            backwardRows(rows, block, x, 0, width, inverse, y, yAt, ldy, dx, 0, width, false);
        }
    }
}
