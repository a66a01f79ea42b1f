package genka.plan;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * How much slower the strategy is that would have been chosen by prediction than the fastest that somebody measured, over groups of
 * rows that do the same work on the same accelerators by the same release of a framework and differ in how it is spread. In percent of the fastest.
 *
 * @param groups with two strategies or more
 * @param mean over groups
 * @param worst of them
 */
public record Regret(int groups, double mean, double worst) {
    static Regret of(List<Prediction> predictions) {
        Map<List<Object>, List<Prediction>> groups = new LinkedHashMap<>();
        predictions.forEach(each -> groups.computeIfAbsent(work(each.row()), any -> new ArrayList<>())
                .add(each));
        double[] regrets = groups.values().stream()
                .filter(Regret::choosable)
                .mapToDouble(Regret::percent)
                .toArray();
        double sum = 0;
        double worst = 0;
        for (double regret : regrets) {
            sum += regret;
            worst = Math.max(worst, regret);
        }
        return new Regret(regrets.length, regrets.length == 0 ? 0 : sum / regrets.length, worst);
    }

    /** What a row does and where, without how it is spread. */
    private static List<Object> work(MeasuredRow row) {
        List<Object> work = new ArrayList<>(List.of(row.cluster(), row.release(), row.model(), row.precision()));
        switch (row.task()) {
            case Job job -> work.addAll(List.of(job.cluster().accelerators(), job.sequence(), job.globalBatch()));
            case ServingJob job -> work.addAll(List.of(job.ranks(), job.requests(), job.input(), job.output()));
            case FirstToken first -> work.add(first.job().withRequests(1));
        }
        return work;
    }

    private static boolean choosable(List<Prediction> group) {
        return group.stream().map(each -> each.row().task()).distinct().count() > 1;
    }

    /** Where a strategy was measured more than once, its mean counts. */
    private static double percent(List<Prediction> group) {
        Task chosen = group.stream()
                .min(Comparator.comparingDouble(Prediction::seconds))
                .orElseThrow()
                .row()
                .task();
        Map<Task, Double> measured = group.stream()
                .map(Prediction::row)
                .collect(
                        Collectors.groupingBy(MeasuredRow::task, Collectors.averagingDouble(MeasuredRow::stepSeconds)));
        double fastest = Collections.min(measured.values());
        return 100 * (Objects.requireNonNull(measured.get(chosen)) / fastest - 1);
    }
}
