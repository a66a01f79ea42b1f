package genka.plan;

import genka.catalog.Accelerators;
import genka.catalog.Transformer;
import java.util.ArrayList;
import java.util.List;

/** How many configurations a second one core evaluates, memory and time of each. */
public final class SearchBench {
    /**
     * What was measured.
     *
     * @param configsPerS whole evaluations, memory and time, a second on one core
     */
    public record Report(
            String model, int accelerators, int configurations, long evaluated, double seconds, double configsPerS) {}

    private SearchBench() {}

    /** GPT-3 175 B on 1,024 A100s: the space that the README of Calculon searches, for about {@code seconds}. */
    public static Report run(double seconds) {
        Transformer model = VtrainRows.gpt(12288, 96, 96, 51200);
        int count = 1024;
        List<Job> jobs = new ArrayList<>();
        Cluster cluster = Cluster.of(Accelerators.shipped().named("A100"), count);
        new Search(Calibration.prior())
                .jobs(Workload.of(model, cluster, Stack.MODERN, Precision.BF16, 2048, 1536), jobs::add);
        StepModel steps = Calibrations.shipped().general().model();
        double sum = round(steps, jobs);
        long evaluated = 0;
        long start = System.nanoTime();
        while (System.nanoTime() - start < seconds * 1e9) {
            sum += round(steps, jobs);
            evaluated += jobs.size();
        }
        double took = (System.nanoTime() - start) / 1e9;
        return new Report("GPT-3 175B", count, jobs.size(), sum > 0 ? evaluated : 0, took, evaluated / took);
    }

    private static double round(StepModel steps, List<Job> jobs) {
        StepTime time = new StepTime();
        double sum = 0;
        for (Job job : jobs) {
            sum += MemoryModel.total(job) + steps.evaluate(job, time);
        }
        return sum;
    }
}
