package genka.plan;

import genka.units.GenkaException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How a training step is spread: tensor, pipeline, context and data ranks multiply to the number of accelerators; experts are spread
 * over {@code expert} ranks among the data, context and tensor ones.
 *
 * @param chunks pipeline chunks a rank (virtual stages); 1 without interleaving
 * @param microBatch sequences of a micro-batch
 * @param zeroStage what data ranks share out: 0 nothing, 1 optimizer, 2 and gradients, 3 and parameters (ZeRO, arXiv 1910.02054)
 * @param sequenceParallel norms and residuals are spread over the tensor ranks too (arXiv 2205.05198)
 */
public record Strategy(
        int tensor,
        int pipeline,
        int chunks,
        int context,
        int data,
        int expert,
        int microBatch,
        int zeroStage,
        Recompute recompute,
        Schedule schedule,
        boolean sequenceParallel,
        Precision precision) {

    /** What the backward pass computes again instead of keeping. */
    public enum Recompute {
        NONE,
        /**
         * What is large and cheap: the core of attention where its scores are kept (arXiv 2205.05198 §5), norms, activation
         * functions and the up-projections of latent attention (DeepSeek-V3 §3.2.3).
         */
        SELECTIVE,
        /** Whole layers. */
        FULL;

        /** As recipes write it. */
        String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        static List<String> words() {
            return Stream.of(values()).map(Recompute::word).toList();
        }

        static Optional<Recompute> find(String word) {
            return Stream.of(values())
                    .filter(each -> each.word().equalsIgnoreCase(word))
                    .findFirst();
        }
    }

    public Strategy {
        check("tensor", tensor);
        check("pipeline", pipeline);
        check("chunks", chunks);
        check("context", context);
        check("data", data);
        check("expert", expert);
        check("micro_batch", microBatch);
        if (zeroStage < 0 || zeroStage > 3) {
            throw GenkaException.user("zero_stage (" + zeroStage + ") must be between 0 and 3");
        }
        if (pipeline == 1 && chunks > 1) {
            throw GenkaException.user("chunks (" + chunks + ") need a pipeline. Maybe 1?");
        }
    }

    private static void check(String name, int value) {
        if (value <= 0) {
            throw GenkaException.user(name + " (" + value + ") must be positive");
        }
    }

    public int accelerators() {
        return (int) Math.min(Integer.MAX_VALUE, ranks(tensor, pipeline, context, data));
    }

    /** Their product, or the largest number where it is larger still. */
    static long ranks(int... degrees) {
        long product = 1;
        for (int degree : degrees) {
            product = Math.min(Integer.MAX_VALUE, product) * degree;
        }
        return product;
    }

    /** The same with something else computed again. */
    Strategy with(Recompute other) {
        return with(context, data, other);
    }

    /** The same with other context and data ranks, too. */
    Strategy with(int context, int data, Recompute other) {
        return new Strategy(
                tensor,
                pipeline,
                chunks,
                context,
                data,
                expert,
                microBatch,
                zeroStage,
                other,
                schedule,
                sequenceParallel,
                precision);
    }

    /** "16 data × 8 pipeline × 4 tensor ranks, experts over 64, ...". */
    public String words() {
        StringBuilder text = new StringBuilder();
        text.append(data).append(" data");
        ranks(text, pipeline, "pipeline");
        ranks(text, tensor, "tensor");
        ranks(text, context, "context");
        text.append(" ranks");
        if (expert > 1) {
            text.append(", experts over ").append(expert);
        }
        if (pipeline > 1) {
            text.append(", ").append(schedule.word());
            if (chunks > 1) {
                text.append(" of ").append(chunks).append(" chunks");
            }
        }
        text.append(", micro-batch ").append(microBatch);
        text.append(", ZeRO ").append(zeroStage);
        text.append(", recompute ").append(recompute.word());
        return text.append(", ").append(precision.word()).toString();
    }

    private static void ranks(StringBuilder text, int degree, String name) {
        if (degree > 1) {
            text.append(" × ").append(degree).append(' ').append(name);
        }
    }

    /** Ranks that hold the same dense parameters. */
    int replicas() {
        return data * context;
    }

    /** Ranks that hold the same experts. */
    int expertReplicas() {
        return Math.max(1, data * context * tensor / expert);
    }
}
