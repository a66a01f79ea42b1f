package genka.model;

/** The feed-forward room of a decoder layer. What passes from forward to backward is kept inside. Not thread-safe. */
interface FeedForward {
    /** Adds the result for x to y, both [rows, hidden]. */
    void forward(int rows, float[] x, float[] y);

    /** dx from dy, and the weights' gradients, for the last forward over the same x. */
    void backward(RaggedRows rows, float[] x, float[] dy, float[] dx);
}
