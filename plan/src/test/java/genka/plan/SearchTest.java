package genka.plan;

import static org.assertj.core.api.Assertions.assertThat;

import genka.catalog.Accelerators;
import genka.catalog.Transformer;
import genka.plan.Strategy.Recompute;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Search beside loops over everything, which know nothing of what may be left out early. */
class SearchTest {
    private static final int COUNT = 8;
    private static final int SEQUENCE = 4096;
    private static final long BATCH = 64;
    private static final List<Integer> DEGREES = List.of(1, 2, 4, 8, 16);

    private final Calibration calibration = Calibration.prior();
    private final StepModel model = calibration.playing();

    @ParameterizedTest
    @ValueSource(strings = {"llama3-8b", "granite-3.0-1b-a400m", "deepseek-v2-lite"})
    void searchFindsWhatTryingAllFinds(String name) {
        Workload work = work(name);
        List<Job> all = bruteForce(work);
        Job best = all.stream()
                .filter(MemoryModel::fits)
                .min(Comparator.comparingDouble(this::seconds))
                .orElseThrow();
        Search.Found found = new Search(calibration).fastest(work).orElseThrow();
        assertThat(found.seconds()).isEqualTo(seconds(best));
        assertThat(MemoryModel.fits(found.job())).isTrue();
        List<Job> searched = new ArrayList<>();
        new Search(calibration).jobs(work, searched::add);
        assertThat(new HashSet<>(searched)).isEqualTo(new HashSet<>(all));
    }

    /** Zero bubble fills a pipeline of 16 ranks only with more micro-batches than a batch of 64 has here. */
    @ParameterizedTest
    @ValueSource(longs = {64, 65, 96, 128, 1024})
    void whatIsFoundTakesTheTimeThatItsPlanTells(long batch) {
        Cluster cluster = Cluster.of(Accelerators.shipped().named("H100"), 64);
        Workload work = Workload.of(
                        Transformers.shipped().named("llama3-8b"),
                        cluster,
                        Stack.MODERN,
                        Precision.BF16,
                        SEQUENCE,
                        batch)
                .open();
        Search.Found found = new Search(calibration).fastest(work).orElseThrow();
        assertThat(StagePlan.of("pretrain", found.job(), 1, calibration).stepSeconds())
                .isEqualTo(found.seconds());
        double best = Double.MAX_VALUE;
        List<Job> all = new ArrayList<>();
        new Search(calibration).jobs(work, all::add);
        for (Job job : all) {
            best = MemoryModel.fits(job) ? Math.min(best, seconds(job)) : best;
        }
        assertThat(found.seconds()).isLessThanOrEqualTo(best * 1.005);
        for (Front.Point point :
                new Search(calibration).front(work, List.of(32, 64)).points(8)) {
            assertThat(point.seconds()).isEqualTo(seconds(point.job()));
        }
    }

    private double seconds(Job job) {
        return model.evaluate(job, new StepTime());
    }

    private static Workload work(String name) {
        Transformer transformer = Transformers.shipped().named(name);
        Cluster cluster = Cluster.of(Accelerators.shipped().named("H100"), COUNT);
        return Workload.of(transformer, cluster, Stack.MODERN, Precision.BF16, SEQUENCE, BATCH)
                .open();
    }

    private static List<Job> bruteForce(Workload work) {
        List<Job> jobs = new ArrayList<>();
        for (int tensor : DEGREES) {
            for (int pipeline : DEGREES) {
                for (int data : DEGREES) {
                    if (tensor * pipeline * data == COUNT) {
                        strategies(tensor, pipeline, data)
                                .filter(strategy -> allowed(work, strategy))
                                .map(work::spread)
                                .filter(SearchTest::runs)
                                .forEach(jobs::add);
                    }
                }
            }
        }
        return jobs;
    }

    private static Stream<Strategy> strategies(int tensor, int pipeline, int data) {
        return Stream.of(Recompute.values())
                .flatMap(recompute -> Workload.OPEN.stream()
                        .flatMap(schedule -> DEGREES.stream()
                                .flatMap(expert -> DEGREES.stream()
                                        .flatMap(micro -> Stream.of(1, 2, 4)
                                                .filter(chunks -> chunks == 1 || pipeline > 1)
                                                .flatMap(chunks -> Stream.of(1, 3)
                                                        .map(zero -> new Strategy(
                                                                tensor,
                                                                pipeline,
                                                                chunks,
                                                                1,
                                                                data,
                                                                expert,
                                                                micro,
                                                                zero,
                                                                recompute,
                                                                schedule,
                                                                tensor > 1,
                                                                Precision.BF16)))))));
    }

    /** What makes sense: chunks for 1F1B only, whole experts, ZeRO 3 without a pipeline only, one schedule without a pipeline. */
    private static boolean allowed(Workload work, Strategy s) {
        Transformer model = work.model();
        int experts = Math.max(1, model.moeLayers() > 0 ? model.experts().routed() : 1);
        return model.attention().heads() % s.tensor() == 0
                && experts % s.expert() == 0
                && (s.data() * s.tensor()) % s.expert() == 0
                && (long) s.microBatch() * s.data() <= BATCH
                && (s.chunks() == 1 || s.schedule() == Schedule.ONE_F_ONE_B)
                && (s.pipeline() > 1 ? s.zeroStage() == 1 : s.schedule() == Schedule.ONE_F_ONE_B)
                && s.schedule().parts(s.chunks()) * s.pipeline() <= model.depth();
    }

    private static boolean runs(Job job) {
        Strategy s = job.strategy();
        return s.schedule()
                .refusal(s.pipeline(), s.chunks(), job.microBatches())
                .isEmpty();
    }
}
