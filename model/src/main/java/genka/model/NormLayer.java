package genka.model;

import genka.kernel.RmsNorm;
import genka.kernel.ThreadTeam;

/** Root-mean-square normalisation with a weight. Rows are split for values, columns for the weight's gradient. */
final class NormLayer {
    private final ThreadTeam team;
    private final Parameters parameters;
    private final int offset;
    private final int width;
    private final float eps;
    private final ThreadTeam.RangeTask forwardTask = this::forwardPiece;
    private final ThreadTeam.RangeTask backwardTask = this::backwardPiece;
    private final ThreadTeam.RangeTask weightTask = this::weightPiece;

    private int rows;
    private float[] x = {};
    private int xAt;
    private int ldx;
    private float[] inverse = {};
    private float[] y = {};
    private int yAt;
    private int ldy;
    private float[] dx = {};
    private int dxAt;
    private int lddx;
    private boolean accumulate;

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

    /** y from x, keeping the reciprocal roots in {@code inverse} [rows]. */
    void forward(int rows, float[] x, int xAt, int ldx, float[] y, int yAt, int ldy, float[] inverse) {
        set(rows, x, xAt, ldx, inverse, y, yAt, ldy);
        team.run(rows, Workspace.grain(width), forwardTask);
    }

    /** dx from dy, and the weight's gradient. */
    void backward(
            int rows,
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
        set(rows, x, xAt, ldx, inverse, dy, dyAt, lddy);
        this.dx = dx;
        this.dxAt = dxAt;
        this.lddx = lddx;
        this.accumulate = accumulate;
        parameters.gradients();
        team.run(width, columnGrain(), weightTask);
        team.run(rows, Workspace.grain(width), backwardTask);
    }

    /** As {@link #forward}, inside a task of the team. */
    void forwardRows(int from, int to, float[] x, int xAt, int ldx, float[] y, int yAt, int ldy, float[] inverse) {
        RmsNorm.forward(from, to, width, eps, x, xAt, ldx, parameters.values(), offset, y, yAt, ldy, inverse);
    }

    private void set(int rows, float[] x, int xAt, int ldx, float[] inverse, float[] y, int yAt, int ldy) {
        this.rows = rows;
        this.x = x;
        this.xAt = xAt;
        this.ldx = ldx;
        this.inverse = inverse;
        this.y = y;
        this.yAt = yAt;
        this.ldy = ldy;
    }

    private int columnGrain() {
        return Math.max(16, 16384 / Math.max(1, rows));
    }

    private void forwardPiece(int worker, int from, int to) {
        RmsNorm.forward(from, to, width, eps, x, xAt, ldx, parameters.values(), offset, y, yAt, ldy, inverse);
    }

    private void backwardPiece(int worker, int from, int to) {
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
                y,
                yAt,
                ldy,
                dx,
                dxAt,
                lddx,
                accumulate);
    }

    private void weightPiece(int worker, int from, int to) {
        RmsNorm.weightGradient(from, to, rows, x, xAt, ldx, inverse, y, yAt, ldy, parameters.gradients(), offset);
    }
}
