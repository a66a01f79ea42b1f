package genka.plan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How far measured times lie from predicted ones, where the predicted model or cluster was left out of the fit: for each kind of
 * prediction the tenth and ninetieth percentile of measured over predicted seconds, so that 80 % lie between.
 */
public record Spreads(Map<String, Spread> byKind) {
    /** Ratios of measured over predicted seconds. */
    public record Spread(double low, double high, int rows) {}

    /** A kind needs this many rows before its own percentiles count. */
    private static final int FEWEST = 12;

    private static final String ALL = "all";
    private static final Spread USUAL = new Spread(0.8, 1.3, 0);

    static final Spreads NONE = new Spreads(Map.of());

    public Spreads {
        byKind = Map.copyOf(byKind);
    }

    /** What sort of prediction it is: with experts or without, on a cluster that rows were seen of or not, of a measured layer shape or not. */
    static String kind(Task task, boolean knownCluster, boolean knownShape) {
        return (task.model().moeLayers() > 0 ? "experts" : "dense")
                + (knownCluster ? "" : ", new cluster")
                + (knownShape ? ", measured shape" : "");
    }

    /** A row that was left out: its group, and the logarithm of measured over predicted seconds. */
    record Residual(String kind, String group, double logRatio) {}

    /** @param more of kinds of their own, rows that stand among the residuals too */
    static Spreads of(List<Residual> residuals, List<Residual> more) {
        Map<String, List<Residual>> byKind = new LinkedHashMap<>();
        Stream.concat(residuals.stream(), more.stream())
                .forEach(each -> byKind.computeIfAbsent(each.kind(), kind -> new ArrayList<>())
                        .add(each));
        Map<String, Spread> spreads = new LinkedHashMap<>();
        byKind.forEach((kind, own) -> {
            if (own.size() >= FEWEST) {
                spreads.put(kind, spread(own));
            }
        });
        if (residuals.size() >= 4) {
            spreads.put(ALL, spread(residuals));
        }
        return new Spreads(spreads);
    }

    /**
     * Percentiles of groups, of which each counts alike however many rows it has: another group is one draw among groups. They are moved
     * away from the median, since rows of a group err alike: with K groups the error of another one spreads √(K / (K - 1)) times as
     * far as those that were seen (the variance of a sample of K).
     */
    static Spread spread(List<Residual> residuals) {
        Map<String, Long> sizes =
                residuals.stream().collect(Collectors.groupingBy(Residual::group, Collectors.counting()));
        List<Residual> sorted = residuals.stream()
                .sorted(Comparator.comparingDouble(Residual::logRatio))
                .toList();
        double[] values = sorted.stream().mapToDouble(Residual::logRatio).toArray();
        double[] weights = sorted.stream()
                .mapToDouble(each -> 1.0 / sizes.getOrDefault(each.group(), 1L))
                .toArray();
        double groups = sizes.size();
        double wider = groups < 2 ? 1 : Math.sqrt(groups / (groups - 1));
        double middle = quantile(values, weights, 0.5);
        return new Spread(
                Math.exp(middle + wider * (quantile(values, weights, 0.1) - middle)),
                Math.exp(middle + wider * (quantile(values, weights, 0.9) - middle)),
                values.length);
    }

    /** Linear between the middles of the weights that sorted values have. */
    private static double quantile(double[] sorted, double[] weights, double share) {
        double wanted = share * Arrays.stream(weights).sum();
        double before = 0;
        for (int i = 0; i < sorted.length; i++) {
            double middle = before + weights[i] / 2;
            if (middle >= wanted) {
                double last = i == 0 ? middle : before - weights[i - 1] / 2;
                double between = middle > last ? (wanted - last) / (middle - last) : 1;
                return i == 0 ? sorted[0] : sorted[i - 1] + between * (sorted[i] - sorted[i - 1]);
            }
            before += weights[i];
        }
        return sorted[sorted.length - 1];
    }

    Spread of(Task task, boolean knownCluster, boolean knownShape) {
        Spread known = byKind.get(kind(task, knownCluster, knownShape));
        if (known == null && knownShape) {
            return of(task, knownCluster, false);
        }
        return known != null ? known : byKind.getOrDefault(ALL, USUAL);
    }

    /** Rows behind them, 0 when none were seen. */
    int rows() {
        return byKind.getOrDefault(ALL, USUAL).rows();
    }

    /** Linear between order statistics. */
    static double quantile(double[] sorted, double share) {
        double at = share * (sorted.length - 1);
        int below = (int) at;
        int above = Math.min(sorted.length - 1, below + 1);
        return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
    }
}
