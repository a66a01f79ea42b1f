package genka.plan;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The order in which a pipeline's ranks work on micro-batches. {@link PipelineRun} plays each through; tests hold these forms to it. */
public enum Schedule {
    /** All forwards, then all backwards (GPipe, arXiv 1811.06965). */
    GPIPE("gpipe"),
    /** One forward, one backward (PipeDream-Flush, arXiv 2006.09503), interleaved when there are chunks (arXiv 2104.04473). */
    ONE_F_ONE_B("1f1b"),
    /** Zero Bubble with as much memory as 1F1B (arXiv 2401.10241). */
    ZB_H1("zb-h1"),
    /** Zero Bubble with twice the memory. */
    ZB_H2("zb-h2"),
    /** Zero Bubble on a V of two chunks a rank (arXiv 2405.15362). */
    ZB_V("zb-v"),
    /** Both directions at once, parameters twice (DeepSeek-V3, arXiv 2412.19437 §3.2.1). */
    DUALPIPE("dualpipe"),
    /** DualPipe cut in half: a V of two chunks, parameters once. */
    DUALPIPE_V("dualpipev");

    private final String word;

    Schedule(String word) {
        this.word = word;
    }

    /** As recipes write it. */
    String word() {
        return word;
    }

    static List<String> words() {
        return Stream.of(values()).map(Schedule::word).toList();
    }

    static Optional<Schedule> find(String word) {
        return Stream.of(values())
                .filter(each -> each.word.equalsIgnoreCase(word))
                .findFirst();
    }

    /**
     * Seconds the rank that waits longest waits in a step, between its first operation and its last.
     *
     * @param ranks of the pipeline
     * @param chunks a rank, for interleaved 1F1B
     * @param microBatches of a step: with fewer than it takes to fill the pipeline, zero bubble's weights fill less of it
     * @param forward seconds of a micro-batch forward on a rank, {@code input} and {@code weight} those of the two halves of its
     *     backward
     */
    double bubbleSeconds(int ranks, int chunks, double microBatches, double forward, double input, double weight) {
        double backward = input + weight;
        // DeepSeek-V3 table 2: F&B + B - 3W. Traffic of the pair hides, its work does not: F&B = F + B
        double dual = forward + 2 * backward - 3 * weight;
        return switch (this) {
            case GPIPE -> (ranks - 1) * (forward + backward);
            case ONE_F_ONE_B -> (ranks - 1) * (forward + backward) / chunks;
            case ZB_H1 -> filled(Math.min(microBatches, ranks), ranks, forward + input, weight);
            case ZB_H2, ZB_V -> filled(Math.min(microBatches, 2.0 * ranks - 1), ranks, forward + input, weight);
            case DUALPIPE -> (ranks / 2.0 - 1) * Math.max(0, dual);
            case DUALPIPE_V -> (ranks - 1) * Math.max(0, dual) / 2;
        };
    }

    /** The first micro-batch runs through all ranks and back; the weights of all others of {@code used} are worked on meanwhile. */
    private static double filled(double used, int ranks, double there, double weight) {
        return Math.max(0, (ranks - 1) * there - (used - 1) * weight);
    }

    /** Most micro-batches whose activations the first rank holds at once, in units of all its layers. */
    double inFlightFirst(int ranks, int chunks, double microBatches) {
        double most = switch (this) {
            case GPIPE -> microBatches;
            case ONE_F_ONE_B -> ranks + (ranks - 1.0) * (chunks > 1 ? 1.0 / chunks : 0);
            case ZB_H1, ZB_V -> ranks;
            case ZB_H2 -> 2 * ranks - 1;
            case DUALPIPE -> ranks + 1;
            case DUALPIPE_V -> ranks + 0.5;
        };
        return Math.min(most, microBatches);
    }

    /** The same of the last rank. */
    double inFlightLast(int ranks, int chunks, double microBatches) {
        return this == ONE_F_ONE_B
                ? Math.min((chunks - 1.0) / chunks * ranks + 1.0 / chunks, microBatches)
                : inFlightFirst(ranks, chunks, microBatches);
    }

    /** Parts of the model that a rank holds in a pass: what leaves it is sent once for each. */
    int parts(int chunks) {
        return switch (this) {
            case GPIPE, ZB_H1, ZB_H2, DUALPIPE -> 1;
            case ONE_F_ONE_B -> chunks;
            case ZB_V, DUALPIPE_V -> 2;
        };
    }

    /** Whether the first rank holds the model's end as well: the fold of a V, or a second copy of the parameters. */
    boolean endsTogether() {
        return switch (this) {
            case GPIPE, ONE_F_ONE_B, ZB_H1, ZB_H2 -> false;
            case ZB_V, DUALPIPE, DUALPIPE_V -> true;
        };
    }

    /** Why it cannot run with so few micro-batches, if it cannot. */
    Optional<String> refusal(int ranks, int chunks, double microBatches) {
        return switch (this) {
            case GPIPE, ZB_H1, ZB_H2, ZB_V -> Optional.empty();
            case ONE_F_ONE_B ->
                chunks > 1 && microBatches % ranks != 0
                        ? Optional.of("interleaving needs a multiple of " + ranks + " micro-batches")
                        : Optional.empty();
            case DUALPIPE, DUALPIPE_V ->
                microBatches < 2 * ranks
                        ? Optional.of("it needs " + 2 * ranks + " micro-batches at least")
                        : Optional.empty();
        };
    }
}
