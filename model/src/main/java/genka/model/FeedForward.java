package genka.model;

import java.util.List;

/**
 * The feed-forward room of a decoder layer. What passes from forward to backward is kept inside. Methods that end in {@code Rows} run
 * inside a task of the team on rows {@code from..to}; the rows of an array at {@code at} begin there with row 0. Not thread-safe.
 */
interface FeedForward {
    /** The weights that {@link #forwardRows} and the rest multiply with, to be packed before. */
    List<Linear> linears();

    /** Makes room for that many rows. */
    void reserve(int rows);

    /** Adds to y [rows, hidden] what a row of x can do alone. */
    void forwardRows(int worker, int from, int to, float[] x, float[] y);

    /** Adds the rest, when all rows are through {@link #forwardRows}. */
    void finishForward(int rows, float[] x, float[] y);

    /** What must be done before {@link #backwardRows}, of the last forward over the same x. */
    void beginBackward(RaggedRows rows, float[] x, float[] dy);

    /** Writes dx, whose row {@code from} is at {@code dxAt}. */
    void backwardRows(int worker, int from, int to, float[] dy, float[] dx, int dxAt);

    /** Asks for the weights' gradients, when all rows are through {@link #backwardRows}. */
    void weightGradients(WeightGradients gradients, int rows, float[] x, float[] dy);
}
