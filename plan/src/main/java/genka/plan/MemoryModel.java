package genka.plan;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Bytes on the fullest rank: parameters, gradients and optimizer with three divisors (tensor ranks, none, expert ranks), activations
 * by what is computed again and how many micro-batches are in flight (Korthikanti et al., arXiv 2205.05198 §4, without dropout), and
 * what a pass needs for a moment. What a rank of a pipeline holds is that of the first or the last one, whichever is more.
 */
public final class MemoryModel {
    private static final double HALF = 2;
    private static final double GRADIENT = 4;
    /** What the runtime and its communication buffers keep: about 3 GB a rank. */
    private static final double RUNTIME = 3e9;
    /** Share of a board's memory that a process gets. */
    private static final double USABLE = 0.98;
    /** What allocators leave unused between blocks. */
    private static final double FRAGMENTS = 0.03;

    /**
     * Bytes by what holds them.
     *
     * @param working what a pass needs for a moment: logits, gradients of one layer, parameters gathered from other ranks
     * @param runtime what is not the program's: libraries, communication buffers, gaps between blocks
     */
    public record Use(
            double parameters, double gradients, double optimizer, double activations, double working, double runtime) {
        /** Of a model that only answers. */
        static Use serving(double weights, double cache) {
            return new Use(weights, 0, 0, cache, 0, RUNTIME + FRAGMENTS * (weights + cache));
        }

        public double total() {
            return allocated() + runtime;
        }

        /** In words, in the order that screens have them. */
        public Map<String, Double> parts() {
            Map<String, Double> parts = new LinkedHashMap<>();
            parts.put("parameters", parameters);
            parts.put("gradients", gradients);
            parts.put("optimizer", optimizer);
            parts.put("activations", activations);
            parts.put("at work", working);
            parts.put("runtime", runtime);
            return parts;
        }

        /** What holds most of it. */
        public String largest() {
            double most = Math.max(Math.max(parameters, gradients), Math.max(optimizer, activations));
            return most == activations
                    ? "activations"
                    : most == optimizer ? "optimizer states" : most == gradients ? "gradients" : "parameters";
        }

        /** What the program itself allocates, as torch.cuda.max_memory_allocated counts. */
        double allocated() {
            return parameters + gradients + optimizer + activations + working;
        }
    }

    private MemoryModel() {}

    public static Use of(Job job) {
        ActivationBytes activations = new ActivationBytes(job);
        Use first = of(job, RankShare.first(job), true, activations);
        if (job.strategy().pipeline() == 1) {
            return first;
        }
        Use last = of(job, RankShare.last(job), false, activations);
        return first.total() >= last.total() ? first : last;
    }

    private static Use of(Job job, RankShare share, boolean first, ActivationBytes bytes) {
        Strategy s = job.strategy();
        double dense = share.replicatedParameters(job.model()) / s.tensor();
        double routed = share.routedParameters(job.model()) / s.expert();
        double all = dense + routed;
        double sharded = dense / s.replicas() + routed / s.expertReplicas();
        double copies = s.schedule() == Schedule.DUALPIPE ? 2 : 1;
        double parameters = HALF * copies * (s.zeroStage() >= 3 ? sharded : all);
        double gradients = GRADIENT * copies * (s.zeroStage() >= 2 ? sharded : all);
        double tables = share.tables() * job.model().embeddingParameters() / s.tensor();
        double states = job.stack().matrixBytes() * (s.zeroStage() >= 1 ? sharded : all);
        double second = job.stack().optimizerBytes() - job.stack().matrixBytes();
        double optimizer = states + second * (s.zeroStage() >= 1 ? tables / s.replicas() : tables);
        double gathered = s.zeroStage() >= 3 ? 2 * HALF * all / Math.max(1, share.layers()) : 0;
        double microBatches = job.microBatches();
        double inFlight = first
                ? s.schedule().inFlightFirst(s.pipeline(), s.chunks(), microBatches)
                : s.schedule().inFlightLast(s.pipeline(), s.chunks(), microBatches);
        boolean head = !first || s.pipeline() == 1 || s.schedule().endsTogether();
        double kept = (s.pipeline() == 1 ? 1 : inFlight) * bytes.kept(share, first);
        double working = gathered + bytes.working(head);
        double held = parameters + gradients + optimizer + kept + working;
        return new Use(parameters, gradients, optimizer, kept, working, RUNTIME + FRAGMENTS * held);
    }

    /** Bytes of weights and optimizer states of the whole model, as a checkpoint holds them. */
    static double checkpointBytes(Job job) {
        double tables = job.model().tableParameters();
        return (HALF + job.stack().matrixBytes()) * (job.model().parameters() - tables)
                + (HALF + job.stack().optimizerBytes()) * tables;
    }

    /** Whether the step fits beside what the board itself keeps (80 GB boards show about 79.1 GiB). */
    public static boolean fits(Job job) {
        return fits(total(job), job.cluster());
    }

    static boolean fits(double bytes, Cluster cluster) {
        return bytes <= USABLE * cluster.memoryBytes();
    }

    static double total(Job job) {
        return of(job).total();
    }
}
