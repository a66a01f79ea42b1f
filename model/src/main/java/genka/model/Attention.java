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

    /**
     * Makes room for a forward over these rows.
     *
     * @param ends those of them that attend, often the same; the others are only attended to
     */
    void begin(RaggedRows rows, RaggedRows ends);

    /** Keys and values of a block's rows, from x, and queries of its ends. */
    void project(int worker, int block, float[] xBlock);

    /** One head of one group, whose sequences attend to themselves and what they go on from, causally; all rows are through {@link #project}. */
    void attend(int worker, int group, int head);

    /** Adds the attention of ends {@code from..to} to y [ends, hidden]; all their heads are through {@link #attend}. */
    void output(int worker, int from, int to, float[] y);

    /** Makes room for a backward of the last forward over the same rows. */
    void beginBackward(RaggedRows rows, RaggedRows ends);

    /** The way back through {@link #output}, from dy [ends, hidden]. */
    void outputBackward(int worker, int from, int to, float[] dy);

    /** The way back through {@link #attend}. */
    void attendBackward(int worker, int group, int head);

    /** The way back through {@link #project}: writes dx of a block's rows. */
    void projectBackward(int worker, int block, float[] dxBlock);

    /** Adds the norms' gradients and asks for those of the weights, when all is through {@link #projectBackward}; x [rows, hidden], dy [ends, hidden]. */
    void weightGradients(WeightGradients gradients, float[] x, float[] dy);

    /** Puts what the last forward computed for sequence i into slot {@code slots[i]}, from the slot's beginning. */
    void store(RaggedRows rows, LatentCache cache, int layer, int[] slots);
}
