package genka.plan;

import genka.catalog.Accelerators;
import genka.plan.Strategy.Recompute;

/** Jobs that tests share. */
final class Jobs {
    private Jobs() {}

    /** GPT-3 175 B on A100s, one data rank for each tensor x pipeline of them. */
    static Job gpt3(int tensor, int pipeline, int micro, long batch) {
        int count = tensor * pipeline;
        return new Job(
                VtrainRows.gpt(12288, 96, 96, 51200),
                Cluster.of(Accelerators.shipped().named("A100"), count),
                new Strategy(
                        tensor,
                        pipeline,
                        1,
                        1,
                        1,
                        1,
                        micro,
                        0,
                        Recompute.NONE,
                        Schedule.ONE_F_ONE_B,
                        true,
                        Precision.BF16),
                Stack.MODERN,
                2048,
                batch);
    }
}
