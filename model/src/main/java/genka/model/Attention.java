package genka.model;

import java.util.List;

/**
 * The attention room of a decoder layer. What passes from forward to backward is kept inside. Methods with a worker run inside a task of
 * the team, rows {@code from..to} or one head of one group of sequences; arrays called block hold a block's rows only, from 0. Not thread-safe.
 */
interface Attention {
    int heads();

    /** The weights that the methods with a worker multiply with, to be packed before. */
    List<Linear> linears();

    /** Makes room for a forward over these rows. */
    void begin(RaggedRows rows);

    /** Queries, keys and values of the rows of x. */
    void project(int worker, int from, int to, float[] xBlock);

    /** One head of one group, whose sequences attend to themselves and what they go on from, causally; all rows are through {@link #project}. */
    void attend(int worker, int group, int head);

    /** Adds the rows' attention to y [rows, hidden]; all heads of the rows are through {@link #attend}. */
    void output(int worker, int from, int to, float[] y);

    /** Makes room for a backward of the last forward over the same rows. */
    void beginBackward(RaggedRows rows);

    /** The way back through {@link #output}, from dy [rows, hidden]. */
    void outputBackward(int worker, int from, int to, float[] dy);

    /** The way back through {@link #attend}. */
    void attendBackward(int worker, int group, int head);

    /** The way back through {@link #project}: writes dx of a block's rows. */
    void projectBackward(int worker, int block, float[] dxBlock);

    /** Adds the norms' gradients and asks for those of the weights, when all is through {@link #projectBackward}; x and dy [rows, hidden]. */
    void weightGradients(WeightGradients gradients, float[] x, float[] dy);

    /** Puts what the last forward computed for sequence i into slot {@code slots[i]}, from the slot's beginning. */
    void store(RaggedRows rows, LatentCache cache, int layer, int[] slots);
}
