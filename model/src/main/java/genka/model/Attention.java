package genka.model;

/** The attention room of a decoder layer. What passes from forward to backward is kept inside. Not thread-safe. */
interface Attention {
    /** Adds the attention of x to y, both [rows, hidden]; every sequence attends to itself, causally. */
    void forward(RaggedRows rows, float[] x, float[] y);

    /** dx from dy, and the weights' gradients, for the last forward over the same x. */
    void backward(RaggedRows rows, float[] x, float[] dy, float[] dx);

    /** Puts what the last forward computed for sequence i into slot {@code slots[i]}, from the slot's beginning. */
    void store(RaggedRows rows, LatentCache cache, int layer, int[] slots);

    /** One new token for each of the slots, at position {@code cache.length(slot)}, for which the cache has room: adds its attention to y. */
    void decode(int count, int[] slots, LatentCache cache, int layer, float[] x, float[] y);
}
