package genka.train;

import genka.catalog.StageSpec.StopSpec;
import java.util.List;

/** Whether a stage's evaluations say that it is over: good enough often enough, or no better for too long. */
final class StopRule {
    private StopRule() {}

    /** @param evaluations of all stages so far; those of {@code stage} after its first step count */
    static boolean reached(StopSpec spec, String stage, List<Evaluation> evaluations) {
        List<Evaluation> own = evaluations.stream()
                .filter(evaluation ->
                        evaluation.step() > 0 && evaluation.stage().equals(stage))
                .toList();
        boolean goodEnough = spec.greedyAccuracy().isPresent()
                && lastGood(own, spec.greedyAccuracy().get()) >= spec.times();
        boolean patienceLost =
                spec.patience().isPresent() && sinceBest(own) >= spec.patience().get();
        return goodEnough || patienceLost;
    }

    private static int lastGood(List<Evaluation> own, double accuracy) {
        int good = 0;
        while (good < own.size() && own.get(own.size() - 1 - good).greedyAccuracy() >= accuracy) {
            good++;
        }
        return good;
    }

    /** Evaluations after the first of the best ones. */
    private static int sinceBest(List<Evaluation> own) {
        int since = 0;
        double best = Double.NEGATIVE_INFINITY;
        for (Evaluation evaluation : own) {
            since++;
            if (evaluation.merit() > best) {
                best = evaluation.merit();
                since = 0;
            }
        }
        return Double.isInfinite(best) ? 0 : since;
    }
}
