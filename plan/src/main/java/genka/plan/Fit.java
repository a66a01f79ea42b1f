package genka.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Fits the constants to measured rows: logarithms of constants and one factor a cluster, each with a prior, so that what belongs to
 * one framework or machine does not bend the constants that all share.
 */
final class Fit {
    /** Small beside most errors, so that a fit is nearer to the least sum of errors than of their squares. */
    private static final double HUBER = 0.05;

    private static final double NOISE = 0.1;
    /** Rows of one benchmark share what is left out of the model, so that hundreds of them say less than as many steps. */
    private static final double SERVING_NOISE = 0.27;

    private static final double CLUSTER_SPREAD = 0.15;
    private static final int ROUNDS = 40;
    /** How far such a family may move from there, beside the constants' own spreads. */
    private static final double LEANING = 0.5;

    private Fit() {}

    /** A family with fewer rows than this starts from what the general rows say, not from priors alone. */
    private static final int FEW_ROWS = 200;

    /**
     * Fits a family to those of the rows that are wanted.
     *
     * @param near a fit to nearly the same rows, to start from
     */
    static Calibration family(String family, List<MeasuredRow> rows, Predicate<MeasuredRow> wanted, Calibration near) {
        String general = Stack.MODERN.calibration();
        List<MeasuredRow> own = rows.stream()
                .filter(row -> row.family().equals(family) && wanted.test(row))
                .toList();
        Calibration prior = Calibration.prior();
        if (!family.equals(general) && own.size() < FEW_ROWS) {
            List<MeasuredRow> others = rows.stream()
                    .filter(row -> row.family().equals(general) && wanted.test(row))
                    .toList();
            if (!others.isEmpty()) {
                return of(own, of(others, prior, prior, 1), near, LEANING);
            }
        }
        return of(own, prior, near, 1);
    }

    private static Calibration of(List<MeasuredRow> rows, Calibration centre, Calibration near, double looseness) {
        List<String> clusters =
                rows.stream().map(MeasuredRow::cluster).distinct().sorted().toList();
        int shared = Constant.values().length;
        double[] prior = new double[shared + clusters.size()];
        double[] spread = new double[prior.length];
        for (Constant constant : Constant.values()) {
            prior[constant.ordinal()] = Math.log(centre.constants()[constant.ordinal()]);
            spread[constant.ordinal()] = looseness * constant.spread();
        }
        java.util.Arrays.fill(spread, shared, spread.length, CLUSTER_SPREAD);
        double[] start = prior.clone();
        double[] nearby = near.constants();
        for (int i = 0; i < shared; i++) {
            start[i] = Math.log(nearby[i]);
        }
        for (int i = 0; i < clusters.size(); i++) {
            start[shared + i] = Math.log(near.factor(clusters.get(i)));
        }
        double[] found = new LeastSquares(new RowResiduals(rows, clusters), prior, spread, HUBER, noise(rows))
                .fit(start, ROUNDS);
        double[] constants = new double[shared];
        for (int i = 0; i < shared; i++) {
            constants[i] = Math.exp(found[i]);
        }
        Map<String, Double> factors = new LinkedHashMap<>();
        for (int i = 0; i < clusters.size(); i++) {
            factors.put(clusters.get(i), Math.exp(found[shared + i]));
        }
        return withShapes(new Calibration(constants, factors, LayerShapes.NONE, Spreads.NONE), rows);
    }

    /** The same with what its constants and factors leave over. */
    private static Calibration withShapes(Calibration plain, List<MeasuredRow> rows) {
        TimeModel times = plain.times();
        double[] logRatios = rows.stream()
                .mapToDouble(
                        row -> Math.log(row.stepSeconds() / (times.seconds(row.task()) * plain.factor(row.cluster()))))
                .toArray();
        return plain.with(LayerShapes.of(rows, logRatios));
    }

    private static double noise(List<MeasuredRow> rows) {
        boolean serving = rows.stream().allMatch(row -> row.family().equals(ServingJob.FAMILY));
        return serving ? SERVING_NOISE : NOISE;
    }

    /** Logarithm of predicted over measured step seconds. */
    private static final class RowResiduals implements LeastSquares.Residuals {
        private final List<MeasuredRow> rows;
        private final int[] cluster;
        private final double[] measured;

        RowResiduals(List<MeasuredRow> rows, List<String> clusters) {
            this.rows = new ArrayList<>(rows);
            this.cluster = rows.stream()
                    .mapToInt(row -> clusters.indexOf(row.cluster()))
                    .toArray();
            this.measured = rows.stream()
                    .mapToDouble(row -> Math.log(row.stepSeconds()))
                    .toArray();
        }

        @Override
        public int rows() {
            return rows.size();
        }

        @Override
        public boolean derivative(int parameter, double[] into) {
            int wanted = parameter - Constant.values().length;
            if (wanted < 0) {
                return false;
            }
            for (int i = 0; i < into.length; i++) {
                into[i] = cluster[i] == wanted ? 1 : 0;
            }
            return true;
        }

        @Override
        public void at(double[] parameters, double[] into) {
            int shared = Constant.values().length;
            double[] constants = new double[shared];
            for (int i = 0; i < shared; i++) {
                constants[i] = Math.exp(parameters[i]);
            }
            TimeModel model = new TimeModel(constants, LayerShapes.NONE);
            for (int i = 0; i < into.length; i++) {
                double seconds = model.seconds(rows.get(i).task());
                into[i] = Math.log(seconds) + parameters[shared + cluster[i]] - measured[i];
            }
        }
    }
}
