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

    /** All but those that another beats in memory and equals in time: GPipe (1F1B) and ZB-H2 (ZB-V). */
    static final List<Schedule> OPEN =
            List.of(Schedule.ONE_F_ONE_B, Schedule.ZB_H1, Schedule.ZB_V, Schedule.DUALPIPE, Schedule.DUALPIPE_V);

    /** With the one schedule every framework has. */
    public static Workload of(
            Transformer model, Cluster cluster, Stack stack, Precision precision, int sequence, long globalBatch) {
        return new Workload(model, cluster, stack, precision, List.of(Schedule.ONE_F_ONE_B), sequence, globalBatch);
    }

    /** What a job does, to be spread otherwise. */
    static Workload of(Job job) {
        Precision precision = job.strategy().precision();
        return of(job.model(), job.cluster(), job.stack(), precision, job.sequence(), job.globalBatch())
                .open();
    }

    /** With every schedule worth a look. */
    Workload open() {
        return new Workload(model, cluster, stack, precision, OPEN, sequence, globalBatch);
    }

    /** The same step on so many accelerators. */
    Workload on(int accelerators) {
        return new Workload(model, cluster.with(accelerators), stack, precision, schedules, sequence, globalBatch);
    }

    Job spread(Strategy strategy) {
        return new Job(model, cluster, strategy, stack, sequence, globalBatch);
    }
}
