package genka.plan;

import genka.catalog.OptimizerSpec.Muon;
import java.util.Optional;

/**
 * What a training framework does, as far as it changes time.
 *
 * @param calibration family of constants that rows of this framework are fitted with
 * @param attention its kernel
 * @param overlapsData gradients travel while the backward pass runs
 * @param overlapsTensor tensor-parallel traffic runs beside products
 * @param overlapsExperts all-to-all runs beside products
 * @param balancesEnds embedding and head count as layers when the pipeline is cut
 * @param gradientBytes bytes of a gradient on the network
 * @param optimizerBytes of a parameter: master weight and two moments in 32 bits make 12 (arXiv 1910.02054 §3.1), with moments in 16
 *     bits 8 (DeepSeek-V3, arXiv 2412.19437 §3.3.3)
 * @param muon what updates matrices inside layers instead of AdamW, with one moment (arXiv 2502.16982)
 * @param graphs kernels are launched as recorded graphs, or by a compiled program
 */
public record Stack(
        String id,
        String calibration,
        AttentionKernel attention,
        boolean overlapsData,
        boolean overlapsTensor,
        boolean overlapsExperts,
        boolean balancesEnds,
        int gradientBytes,
        int optimizerBytes,
        Optional<Muon> muon,
        boolean graphs) {
    /** How attention's core is computed. */
    public enum AttentionKernel {
        /** Scores are kept in memory. */
        MATERIALISED,
        /** Scores never reach memory: the first FlashAttention (arXiv 2205.14135) and its port to Triton. */
        FUSED_FIRST,
        /** The same with work dealt out better (FlashAttention-2, arXiv 2307.08691) and what came after. */
        FUSED;

        boolean fused() {
            return this != MATERIALISED;
        }
    }

    private static final int MASTER = 4;
    static final int MASTER_AND_MOMENTS = 12;
    static final int MASTER_AND_NARROW = 8;

    /** What today's frameworks do. */
    public static final Stack MODERN = modern(MASTER_AND_MOMENTS);

    /** Today's frameworks with other optimizer states. */
    static Stack modern(int optimizerBytes) {
        return new Stack(
                "modern",
                "general",
                AttentionKernel.FUSED,
                true,
                true,
                true,
                true,
                4,
                optimizerBytes,
                Optional.empty(),
                false);
    }

    /** The same with that optimizer for matrices, if any. */
    Stack with(Optional<Muon> optimizer) {
        return new Stack(
                id,
                calibration,
                attention,
                overlapsData,
                overlapsTensor,
                overlapsExperts,
                balancesEnds,
                gradientBytes,
                optimizerBytes,
                optimizer,
                graphs);
    }

    /** Of a parameter of a matrix inside a layer. */
    double matrixBytes() {
        return muon.isPresent() ? MASTER + (optimizerBytes - MASTER) / 2.0 : optimizerBytes;
    }
}
