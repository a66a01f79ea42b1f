package genka.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import genka.plan.StepTime.Part;
import genka.plan.Strategy.Recompute;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StepModelTest {
    private static final StepModel MODEL = new StepModel(Constant.priors());

    @Test
    void partsSumToTheStep() {
        StepTime time = new StepTime();
        double total = MODEL.evaluate(Jobs.gpt3(8, 8, 1, 64), time);
        double sum = 0;
        for (Part part : Part.values()) {
            assertThat(time.seconds(part)).as(part.name()).isNotNegative();
            sum += time.seconds(part);
        }
        assertThat(total).isEqualTo(sum);
    }

    @Test
    void moreBandwidthIsNeverSlower() {
        Job job = Jobs.gpt3(8, 8, 2, 64);
        double before = seconds(job);
        Cluster faster = job.cluster().withNetwork(2 * job.cluster().networkBytesPerSecond());
        Job then = new Job(job.model(), faster, job.strategy(), job.stack(), job.sequence(), job.globalBatch());
        assertThat(seconds(then)).isLessThan(before);
    }

    @Test
    void bubbleShrinksAsMicroBatchesGrow() {
        double few = bubbleShare(Jobs.gpt3(8, 8, 1, 16));
        double many = bubbleShare(Jobs.gpt3(8, 8, 1, 256));
        assertThat(many).isLessThan(few);
    }

    @Test
    void recomputationCostsAboutAThird() {
        Job kept = Jobs.gpt3(8, 8, 1, 64);
        Strategy s = kept.strategy();
        Strategy full = new Strategy(
                8, 8, 1, 1, s.data(), 1, 1, 0, Recompute.FULL, s.schedule(), s.sequenceParallel(), s.precision());
        Job again = new Job(kept.model(), kept.cluster(), full, kept.stack(), kept.sequence(), kept.globalBatch());
        assertThat(seconds(again) / seconds(kept)).isBetween(1.2, 1.4);
    }

    @Test
    void megatron175BTakesWhatThePaperMeasured() {
        // arXiv 2205.05198 table 5: 175 B, 64 A100, full recomputation, 18.13 s
        Job kept = Jobs.gpt3(8, 8, 1, 64);
        Strategy full =
                new Strategy(8, 8, 1, 1, 1, 1, 1, 0, Recompute.FULL, Schedule.ONE_F_ONE_B, false, Precision.FP16);
        Stack old = new Stack(
                "megatron-2021",
                "general",
                Stack.AttentionKernel.MATERIALISED,
                false,
                false,
                false,
                false,
                2,
                Stack.MASTER_AND_MOMENTS,
                Optional.empty(),
                false);
        Job job = new Job(kept.model(), kept.cluster(), full, old, 2048, 64);
        Calibration shipped = Calibrations.shipped().of(job);
        double seconds =
                shipped.factor("seqsel-tab5/a100-80-sxm") * shipped.model().evaluate(job, new StepTime());
        assertThat(seconds).isCloseTo(18.13, within(18.13 * 0.06));
    }

    private static double seconds(Job job) {
        return MODEL.evaluate(job, new StepTime());
    }

    private static double bubbleShare(Job job) {
        StepTime time = new StepTime();
        double total = MODEL.evaluate(job, time);
        return time.seconds(Part.BUBBLE) / total;
    }
}
