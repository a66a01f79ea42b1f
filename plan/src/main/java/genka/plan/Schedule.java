package genka.plan;

/** The order in which a pipeline's ranks work on micro-batches. */
public enum Schedule {
    /** All forwards, then all backwards (GPipe, arXiv 1811.06965). */
    GPIPE,
    /** One forward, one backward (PipeDream-Flush, arXiv 2006.09503), interleaved when there are chunks (arXiv 2104.04473). */
    ONE_F_ONE_B,
    /** Zero Bubble with as much memory as 1F1B (arXiv 2401.10241). */
    ZB_H1,
    /** Zero Bubble with twice the memory. */
    ZB_H2,
    /** Zero Bubble on a V of two chunks a rank (arXiv 2405.15362). */
    ZB_V,
    /** Both directions at once, parameters twice (DeepSeek-V3, arXiv 2412.19437 §3.2.1). */
    DUALPIPE,
    /** DualPipe cut in half: a V of two chunks, parameters once. */
    DUALPIPE_V;

    /**
     * Seconds a rank waits for others in a step.
     *
     * @param ranks of the pipeline
     * @param chunks a rank, for interleaved 1F1B
     * @param forward seconds of a micro-batch forward on a rank, {@code input} and {@code weight} those of the two halves of its
     *     backward
     */
    double bubbleSeconds(int ranks, int chunks, double forward, double input, double weight) {
        double backward = input + weight;
        return switch (this) {
            case GPIPE -> (ranks - 1) * (forward + backward);
            case ONE_F_ONE_B -> (ranks - 1) * (forward + backward) / chunks;
            case ZB_H1 -> (ranks - 1) * Math.max(0, forward + input - weight);
            case ZB_H2 -> Math.max(0, (ranks - 1) * (forward + input - 2 * weight));
            case ZB_V -> Math.max(0, (ranks - 1) * (forward + input - 2 * weight) / 2);
            // DeepSeek-V3 table 2: (PP/2 - 1)(F&B + B - 3W), F&B the two overlapped
            case DUALPIPE, DUALPIPE_V ->
                Math.max(0, (ranks / 2.0 - 1) * (Math.max(forward, backward) + backward - 3 * weight));
        };
    }
}
