package genka.plan;

import genka.plan.Strategy.Recompute;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The strategies a step could be spread by. Degrees are powers of two (pipelines also divisors of the depth), tensor ranks stay inside
 * a link domain, memory is checked before time.
 */
public final class Search {
    /** A strategy that fits, with its step time. */
    public record Found(Job job, double seconds, double bytes) {}

    private final StepModel model;
    private final StepTime time = new StepTime();
    private long evaluated;

    public Search(Calibration calibration) {
        this.model = calibration.model();
    }

    /** Configurations looked at so far, those that do not fit included. */
    public long evaluated() {
        return evaluated;
    }

    /** The fastest that fits, if any does. */
    public Optional<Found> fastest(
            Transformer transformer, Cluster cluster, Stack stack, Precision precision, int sequence, long batch) {
        List<Found> best = new ArrayList<>();
        each(transformer, cluster, stack, precision, sequence, batch, found -> {
            if (best.isEmpty()) {
                best.add(found);
            } else if (found.seconds() < best.getFirst().seconds()) {
                best.set(0, found);
            }
        });
        return best.stream().min(Comparator.comparingDouble(Found::seconds));
    }

    /** Hands every strategy that fits to {@code into}, with its time. */
    public void each(
            Transformer transformer,
            Cluster cluster,
            Stack stack,
            Precision precision,
            int sequence,
            long batch,
            Consumer<Found> into) {
        jobs(transformer, cluster, stack, precision, sequence, batch, job -> consider(job, into));
    }

    /** Hands every strategy to {@code into}, whether it fits or not. */
    void jobs(
            Transformer transformer,
            Cluster cluster,
            Stack stack,
            Precision precision,
            int sequence,
            long batch,
            Consumer<Job> into) {
        int count = cluster.accelerators();
        for (int tensor = 1; tensor <= Math.min(cluster.domain(), 8) && count % tensor == 0; tensor *= 2) {
            if (transformer.attention().heads() % tensor != 0) {
                break;
            }
            for (int pipeline = 1; pipeline <= Math.min(64, transformer.depth()); pipeline++) {
                boolean cut = Integer.bitCount(pipeline) == 1 || transformer.depth() % pipeline == 0;
                if (!cut || count % (tensor * pipeline) != 0) {
                    continue;
                }
                for (int context = 1; context <= (sequence >= 16384 ? 16 : 1); context *= 2) {
                    if (count % (tensor * pipeline * context) == 0) {
                        spread(
                                transformer,
                                cluster,
                                stack,
                                precision,
                                sequence,
                                batch,
                                tensor,
                                pipeline,
                                context,
                                into);
                    }
                }
            }
        }
    }

    private void spread(
            Transformer transformer,
            Cluster cluster,
            Stack stack,
            Precision precision,
            int sequence,
            long batch,
            int tensor,
            int pipeline,
            int context,
            Consumer<Job> into) {
        int data = cluster.accelerators() / (tensor * pipeline * context);
        if (data > batch) {
            return;
        }
        int experts = transformer.moeLayers() == 0 ? 1 : transformer.experts().routed();
        int group = data * context * tensor;
        for (int expert = 1; expert <= Math.min(Math.min(experts, group), 256); expert *= 2) {
            if (group % expert != 0 || experts % expert != 0) {
                continue;
            }
            for (int micro = 1; micro <= Math.min(16, batch / data); micro *= 2) {
                for (Recompute recompute : List.of(Recompute.NONE, Recompute.SELECTIVE, Recompute.FULL)) {
                    for (int stage = 1; stage <= 3; stage += 2) {
                        if (stage == 3 && pipeline > 1) {
                            continue;
                        }
                        for (int chunks = 1; chunks <= (pipeline > 1 ? 4 : 1); chunks *= 2) {
                            if (chunks > 1 && transformer.depth() < pipeline * chunks) {
                                continue;
                            }
                            into.accept(new Job(
                                    transformer,
                                    cluster,
                                    new Strategy(
                                            tensor,
                                            pipeline,
                                            chunks,
                                            context,
                                            data,
                                            expert,
                                            micro,
                                            stage,
                                            recompute,
                                            Schedule.ONE_F_ONE_B,
                                            tensor > 1,
                                            precision),
                                    stack,
                                    sequence,
                                    batch));
                        }
                    }
                }
            }
        }
    }

    private void consider(Job job, Consumer<Found> into) {
        evaluated++;
        double bytes = MemoryModel.total(job);
        if (bytes <= 0.98 * job.cluster().memoryBytes()) {
            into.accept(new Found(job, model.evaluate(job, time), bytes));
        }
    }
}
