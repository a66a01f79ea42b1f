package genka.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import genka.catalog.Accelerators;
import genka.catalog.OptimizerSpec.Muon;
import genka.catalog.Transformer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What must hold for every way to spread any model. */
class PlanLawsTest {
    private static final double SAME = 1 + 1e-9;

    private final StepModel model = new StepModel(Constant.priors());

    private static List<Job> jobs(String name) {
        Cluster cluster = Cluster.of(Accelerators.shipped().named("H100"), 64);
        Transformer transformer = Transformers.shipped().named(name);
        List<Job> jobs = new ArrayList<>();
        new Search(Calibration.prior())
                .jobs(
                        new Workload(
                                transformer,
                                cluster,
                                Stack.MODERN,
                                Precision.BF16,
                                List.of(Schedule.values()),
                                4096,
                                256),
                        jobs::add);
        return jobs;
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama3-8b", "deepseek-v3", "mixtral-8x7b"})
    void fasterHardwareIsNeverSlower(String name) {
        for (Job job : jobs(name)) {
            Cluster c = job.cluster();
            double before = seconds(job, c);
            assertThat(seconds(job, faster(c, 2, 1, 1, 1))).isLessThanOrEqualTo(before * SAME);
            assertThat(seconds(job, faster(c, 1, 2, 1, 1))).isLessThanOrEqualTo(before * SAME);
            assertThat(seconds(job, faster(c, 1, 1, 2, 1))).isLessThanOrEqualTo(before * SAME);
            assertThat(seconds(job, faster(c, 1, 1, 1, 2))).isLessThanOrEqualTo(before * SAME);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama3-8b", "deepseek-v3", "mixtral-8x7b"})
    void muonHoldsLessAndTakesALittleLonger(String name) {
        Optional<Muon> muon = Optional.of(new Muon(0.95, 5));
        for (Job job : jobs(name)) {
            Stack stack = job.stack().with(muon);
            Job other = new Job(job.model(), job.cluster(), job.strategy(), stack, job.sequence(), job.globalBatch());
            double before = model.evaluate(job, new StepTime());
            double after = model.evaluate(other, new StepTime());
            assertThat(after).isGreaterThan(before);
            if (job.strategy().zeroStage() == 1 && MemoryModel.fits(job)) {
                assertThat(after).as("%s", job.strategy()).isLessThan(1.25 * before);
            }
            assertThat(MemoryModel.of(other).optimizer())
                    .isBetween(
                            8 * MemoryModel.of(job).optimizer() / 12,
                            MemoryModel.of(job).optimizer());
            assertThat(MemoryModel.checkpointBytes(other)).isLessThan(MemoryModel.checkpointBytes(job));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama3-8b", "deepseek-v3"})
    void recomputingMoreKeepsLessAndTakesLonger(String name) {
        List<Job> jobs = jobs(name);
        for (int i = 0; i + 1 < jobs.size(); i++) {
            Strategy a = jobs.get(i).strategy();
            Strategy b = jobs.get(i + 1).strategy();
            if (a.zeroStage() == b.zeroStage()
                    && a.schedule() == b.schedule()
                    && a.recompute().ordinal() + 1 == b.recompute().ordinal()) {
                assertThat(MemoryModel.of(jobs.get(i + 1)).activations())
                        .isLessThanOrEqualTo(MemoryModel.of(jobs.get(i)).activations() * SAME);
                assertThat(seconds(jobs.get(i + 1), jobs.get(i + 1).cluster()))
                        .isGreaterThanOrEqualTo(seconds(jobs.get(i), jobs.get(i).cluster()) / SAME);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama3-8b", "deepseek-v3"})
    void sharingOutMoreNeverTakesMoreMemory(String name) {
        for (Job job : jobs(name)) {
            double before = Double.POSITIVE_INFINITY;
            for (int stage = 0; stage <= 3; stage++) {
                MemoryModel.Use use = MemoryModel.of(with(job, stage, job.globalBatch()));
                double states = use.parameters() + use.gradients() + use.optimizer();
                assertThat(states).isLessThanOrEqualTo(before * SAME);
                if (stage > 0 && job.strategy().replicas() > 1) {
                    assertThat(states).isLessThan(before);
                }
                before = states;
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama3-8b", "deepseek-v3"})
    void moreMicroBatchesMakeTheBubbleASmallerShare(String name) {
        StepTime time = new StepTime();
        for (Job job : jobs(name)) {
            if (job.strategy().pipeline() > 1) {
                double few = model.evaluate(job, time);
                double fewShare = time.seconds(StepTime.Part.BUBBLE) / few;
                double many = model.evaluate(with(job, 1, 4 * job.globalBatch()), time);
                double manyShare = time.seconds(StepTime.Part.BUBBLE) / many;
                assertThat(manyShare).isLessThanOrEqualTo(fewShare);
                if (fewShare > 0) {
                    assertThat(manyShare).isLessThan(0.9 * fewShare);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama3-8b", "deepseek-v3"})
    void partsSumToTheStep(String name) {
        StepTime time = new StepTime();
        for (Job job : jobs(name)) {
            double seconds = model.evaluate(job, time);
            double sum = 0;
            for (StepTime.Part part : StepTime.Part.values()) {
                assertThat(time.seconds(part)).isNotNegative();
                sum += time.seconds(part);
            }
            assertThat(sum).isCloseTo(seconds, within(1e-9 * seconds));
        }
    }

    private static Job with(Job job, int zeroStage, long batch) {
        Strategy s = job.strategy();
        Strategy other = new Strategy(
                s.tensor(),
                s.pipeline(),
                s.chunks(),
                s.context(),
                s.data(),
                s.expert(),
                s.microBatch(),
                zeroStage,
                s.recompute(),
                s.schedule(),
                s.sequenceParallel(),
                s.precision());
        return new Job(job.model(), job.cluster(), other, job.stack(), job.sequence(), batch);
    }

    private double seconds(Job job, Cluster cluster) {
        Job there = new Job(job.model(), cluster, job.strategy(), job.stack(), job.sequence(), job.globalBatch());
        return model.evaluate(there, new StepTime());
    }

    private static Cluster faster(Cluster c, double flops, double memory, double link, double network) {
        return new Cluster(
                c.name(),
                c.accelerators(),
                c.domain(),
                flops * c.bf16(),
                flops * c.fp8(),
                flops * c.fp4(),
                c.olderKernels(),
                c.memoryBytes(),
                memory * c.memoryBytesPerSecond(),
                link * c.linkBytesPerSecond(),
                network * c.networkBytesPerSecond());
    }
}
