package genka.plan;

import genka.plan.PipelineRun.Passes;

/** Seconds that the rank of a pipeline that waits longest waits in a step. */
interface BubbleTime {
    /** Beyond so many micro-batches a rank its waiting no longer changes: filling and draining are done. */
    int STEADY = 4;

    double seconds(Job job, Passes passes);

    /** By the papers' closed forms, for searches. */
    static double closed(Job job, Passes passes) {
        Strategy s = job.strategy();
        return s.schedule()
                .bubbleSeconds(
                        s.pipeline(),
                        s.chunks(),
                        job.microBatches(),
                        passes.forward(),
                        passes.input(),
                        passes.weight());
    }

    /** By playing the schedule through, which holds for unequal passes, too. */
    static double played(Job job, Passes passes) {
        Strategy s = job.strategy();
        int enough = STEADY * s.pipeline();
        int micro = (int) Math.min(job.microBatches(), enough + job.microBatches() % s.pipeline());
        return PipelineRun.of(s.schedule(), s.pipeline(), s.chunks(), micro, passes)
                .bubbleSeconds();
    }
}
