package genka.plan;

import java.util.Map;

/**
 * Fitted constants of one family of frameworks, and what is left over.
 *
 * @param constants by {@link Constant#ordinal}
 * @param factors slowness of each cluster that rows were measured on, beside what the constants say
 * @param shapes the same of layer shapes
 * @param spreads how far measured values lie from predicted ones
 */
public record Calibration(double[] constants, Map<String, Double> factors, LayerShapes shapes, Spreads spreads) {
    public Calibration {
        constants = constants.clone();
        factors = Map.copyOf(factors);
    }

    /** No row seen: priors only. */
    public static Calibration prior() {
        return new Calibration(Constant.priors(), Map.of(), LayerShapes.NONE, Spreads.NONE);
    }

    @Override
    public double[] constants() {
        return constants.clone();
    }

    Calibration with(Spreads found) {
        return new Calibration(constants, factors, shapes, found);
    }

    Calibration with(LayerShapes found) {
        return new Calibration(constants, factors, found, spreads);
    }

    /** How far a measured step lies from the predicted one. */
    Spreads.Spread spread(Task task, boolean knownCluster) {
        return spreads.of(task, knownCluster, shapes.knows(task));
    }

    boolean knows(String cluster) {
        return factors.containsKey(cluster);
    }

    /** 1 for a cluster nobody measured. */
    double factor(String cluster) {
        return factors.getOrDefault(cluster, 1.0);
    }

    /** Of any task. */
    TimeModel times() {
        return new TimeModel(constants, shapes);
    }

    public StepModel model() {
        return new StepModel(constants, shapes, BubbleTime::closed);
    }

    /** As {@link #model()}, with pipelines played through: slower, and right for unequal passes too. */
    StepModel playing() {
        return new StepModel(constants, shapes, BubbleTime::played);
    }
}
