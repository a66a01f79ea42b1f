package genka.report;

import java.util.Optional;

/**
 * The moment at which a model begins to think: between two evaluations of a stage that rewards answers, accuracy and the length of answers
 * rise together (R1-Zero's "aha moment", arXiv:2501.12948 §2.2.4). It is the steepest rise of the run, and none where accuracy never rises
 * by ten points at once or answers do not get longer with it.
 *
 * @param fromStep the evaluation before
 * @param step the evaluation after
 */
record Aha(
        String stage,
        long fromStep,
        long step,
        double accuracyBefore,
        double accuracyAfter,
        double tokensBefore,
        double tokensAfter) {
    private static final double LEAST_RISE = 0.1;
    private static final double LEAST_GROWTH = 1.1;

    static Optional<Aha> of(Metrics metrics) {
        Aha steepest = null;
        for (StageMetrics stage : metrics.stages()) {
            Series accuracy = stage.evaluation("greedy_accuracy").orElse(null);
            Series tokens = stage.evaluation("mean_response_tokens").orElse(null);
            if (!stage.reinforces() || accuracy == null || tokens == null) {
                continue;
            }
            for (int i = 1; i < Math.min(accuracy.size(), tokens.size()); i++) {
                Aha rise = new Aha(
                        stage.stage(),
                        accuracy.step(i - 1),
                        accuracy.step(i),
                        accuracy.value(i - 1),
                        accuracy.value(i),
                        tokens.value(i - 1),
                        tokens.value(i));
                if (rise.isOne() && (steepest == null || rise.rise() > steepest.rise())) {
                    steepest = rise;
                }
            }
        }
        return Optional.ofNullable(steepest);
    }

    private double rise() {
        return accuracyAfter - accuracyBefore;
    }

    private boolean isOne() {
        return rise() >= LEAST_RISE && tokensAfter >= LEAST_GROWTH * tokensBefore;
    }
}
