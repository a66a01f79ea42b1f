package genka.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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

    /** What sort of prediction it is: with experts or without, on a cluster that rows were seen of or not. */
    static String kind(Task task, boolean knownCluster) {
        return (task.model().moeLayers() > 0 ? "experts" : "dense") + (knownCluster ? "" : ", new cluster");
    }

    /** @param logRatios by kind, logarithms of measured over predicted seconds of rows that were left out */
    static Spreads of(Map<String, List<Double>> logRatios) {
        Map<String, Spread> spreads = new LinkedHashMap<>();
        List<Double> all = new ArrayList<>();
        logRatios.forEach((kind, ratios) -> {
            all.addAll(ratios);
            if (ratios.size() >= FEWEST) {
                spreads.put(kind, spread(ratios));
            }
        });
        if (all.size() >= 4) {
            spreads.put(ALL, spread(all));
        }
        return new Spreads(spreads);
    }

    private static Spread spread(List<Double> logRatios) {
        double[] sorted =
                logRatios.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return new Spread(Math.exp(quantile(sorted, 0.1)), Math.exp(quantile(sorted, 0.9)), sorted.length);
    }

    Spread of(Task task, boolean knownCluster) {
        Spread known = byKind.get(kind(task, knownCluster));
        return known != null ? known : byKind.getOrDefault(ALL, USUAL);
    }

    /** Linear between order statistics. */
    static double quantile(double[] sorted, double share) {
        double at = share * (sorted.length - 1);
        int below = (int) at;
        int above = Math.min(sorted.length - 1, below + 1);
        return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
    }
}
