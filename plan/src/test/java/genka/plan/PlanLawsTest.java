package genka.plan;

import static org.assertj.core.api.Assertions.assertThat;

import genka.catalog.Accelerators;
import genka.catalog.Transformer;
import java.util.ArrayList;
import java.util.List;
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
                c.memoryBytes(),
                memory * c.memoryBytesPerSecond(),
                link * c.linkBytesPerSecond(),
                network * c.networkBytesPerSecond());
    }
}
