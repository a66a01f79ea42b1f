package genka.plan;

/**
 * What a training framework does, as far as it changes time.
 *
 * @param calibration family of constants that rows of this framework are fitted with
 * @param fusedAttention attention scores never reach memory (FlashAttention, arXiv 2205.14135)
 * @param overlapsData gradients travel while the backward pass runs
 * @param overlapsTensor tensor-parallel traffic runs beside products
 * @param overlapsExperts all-to-all runs beside products
 * @param balancesEnds embedding and head count as layers when the pipeline is cut
 * @param gradientBytes bytes of a gradient on the network
 * @param graphs kernels are launched as recorded graphs, or by a compiled program
 */
public record Stack(
        String id,
        String calibration,
        boolean fusedAttention,
        boolean overlapsData,
        boolean overlapsTensor,
        boolean overlapsExperts,
        boolean balancesEnds,
        int gradientBytes,
        boolean graphs) {
    /** What today's frameworks do. */
    public static final Stack MODERN = new Stack("modern", "general", true, true, true, true, true, 4, false);
}
