package genka.plan;

import genka.catalog.Transformer;
import java.util.List;

/**
 * A training step before it is spread.
 *
 * @param schedules pipeline schedules that the framework has
 * @param sequence tokens of a sequence
 * @param globalBatch sequences of a step
 */
public record Workload(
        Transformer model,
        Cluster cluster,
        Stack stack,
        Precision precision,
        List<Schedule> schedules,
        int sequence,
        long globalBatch) {
    public Workload {
        schedules = List.copyOf(schedules);
    }

    /** With the one schedule every framework has. */
    public static Workload of(
            Transformer model, Cluster cluster, Stack stack, Precision precision, int sequence, long globalBatch) {
        return new Workload(model, cluster, stack, precision, List.of(Schedule.ONE_F_ONE_B), sequence, globalBatch);
    }

    /** What a job does, to be spread otherwise. */
    static Workload of(Job job) {
        Schedule own = job.strategy().schedule();
        return new Workload(
                job.model(),
                job.cluster(),
                job.stack(),
                job.strategy().precision(),
                own == Schedule.ONE_F_ONE_B ? List.of(own) : List.of(Schedule.ONE_F_ONE_B, own),
                job.sequence(),
                job.globalBatch());
    }

    /** The same step on so many accelerators. */
    Workload on(int accelerators) {
        return new Workload(model, cluster.with(accelerators), stack, precision, schedules, sequence, globalBatch);
    }

    Job spread(Strategy strategy) {
        return new Job(model, cluster, strategy, stack, sequence, globalBatch);
    }
}
