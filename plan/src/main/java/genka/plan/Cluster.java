package genka.plan;

import genka.catalog.Accelerator;
import genka.catalog.Fact;
import genka.units.GenkaException;

/**
 * Where a step runs, unpacked for the inner loop. Bandwidths are bytes a second of one accelerator, one way.
 *
 * @param domain accelerators that reach each other at link speed
 * @param bf16 dense peak FLOP/s times the share that the best product reaches; {@code fp8} and {@code fp4} alike, 0 where there is none
 * @param olderKernels share of their speed that kernels written for an earlier generation reach
 */
public record Cluster(
        String name,
        int accelerators,
        int domain,
        double bf16,
        double fp8,
        double fp4,
        double olderKernels,
        double memoryBytes,
        double memoryBytesPerSecond,
        double linkBytesPerSecond,
        double networkBytesPerSecond) {
    /** What the best product reaches where nobody measured it: the middle of the measured ones. */
    static final double USUAL_REACH = 0.77;

    public Cluster {
        if (accelerators <= 0) {
            throw GenkaException.user("count (" + accelerators + ") must be positive");
        }
    }

    public static Cluster of(Accelerator accelerator, int count) {
        return new Cluster(
                accelerator.id(),
                count,
                accelerator.linkDomain(),
                reached(
                        accelerator,
                        accelerator.computes(Accelerator.Dtype.BF16) ? Accelerator.Dtype.BF16 : Accelerator.Dtype.FP16),
                reached(accelerator, Accelerator.Dtype.FP8),
                reached(accelerator, Accelerator.Dtype.FP4),
                accelerator.olderKernelsShare(),
                accelerator.memoryBytes(),
                accelerator.memoryBytesPerSecond(),
                accelerator.linkBytesPerSecond(),
                accelerator.networkBytesPerSecond());
    }

    /** As many of them as that. */
    Cluster with(int count) {
        return with(count, networkBytesPerSecond);
    }

    /** The same with another network between domains. */
    Cluster withNetwork(double bytesPerSecond) {
        return with(accelerators, bytesPerSecond);
    }

    private Cluster with(int count, double network) {
        return new Cluster(
                name,
                count,
                domain,
                bf16,
                fp8,
                fp4,
                olderKernels,
                memoryBytes,
                memoryBytesPerSecond,
                linkBytesPerSecond,
                network);
    }

    private static double reached(Accelerator accelerator, Accelerator.Dtype dtype) {
        if (!accelerator.computes(dtype)) {
            return 0;
        }
        double share = accelerator
                .reached(dtype)
                .or(() -> accelerator.reached(Accelerator.Dtype.BF16))
                .map(Fact::doubleValue)
                .orElse(USUAL_REACH);
        return accelerator.flopsPerSecond(dtype) * share;
    }

    double flopsPerSecond(Precision precision) {
        double rate = switch (precision) {
            case BF16, FP16 -> bf16;
            case FP8 -> fp8;
            case FP4 -> fp4;
        };
        if (rate <= 0) {
            throw GenkaException.user(name + " does not compute in " + precision + ". Maybe bf16?");
        }
        return rate;
    }
}
