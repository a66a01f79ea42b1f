package genka.train;

import genka.catalog.StageSpec;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Watches a stage's steps for numbers that are not finite. The optimizer leaves such an update out, and one of them does no harm; several in
 * a row mean that the weights themselves are lost, so the run ends.
 */
final class Divergence {
    /** Steps in a row that end the run. */
    static final int LIMIT = 3;

    private final StageSpec spec;
    private final long limit;
    private final Optional<String> stageBefore;
    private boolean told;
    private long inARow;

    /**
     * @param told whether an update that was left out was told before, in another attempt
     * @param stageBefore what the run could be continued from
     */
    Divergence(StageSpec spec, long steps, boolean told, Optional<String> stageBefore) {
        this.spec = spec;
        this.limit = Math.clamp(steps, 2, LIMIT);
        this.told = told;
        this.stageBefore = stageBefore;
    }

    /** Whether the last step's update was left out: then the weights may be worth nothing. */
    boolean isSuspected() {
        return inARow > 0;
    }

    /**
     * What a step's figures say.
     *
     * @param done steps of the stage
     * @param updates that changed weights, in this stage
     */
    Optional<Trouble> step(long done, long updates, Map<String, Double> figures) {
        double loss = figures.getOrDefault("loss", 0.0);
        double norm = figures.getOrDefault("gradient_norm", 0.0);
        if (Double.isFinite(loss) && Double.isFinite(norm)) {
            inARow = 0;
            return Optional.empty();
        }
        inARow++;
        String seen = "loss " + figure(loss) + ", norm of the gradient " + figure(norm);
        if (inARow >= limit) {
            return Optional.of(end(
                    done,
                    updates,
                    "Stage " + spec.name() + " diverged: " + limit + " steps in a row, " + (done - limit + 1) + " to "
                            + done + ", were not finite (" + seen + "), so the run ends."));
        }
        if (told) {
            return Optional.empty();
        }
        told = true;
        return Optional.of(new Trouble(
                Trouble.Kind.UPDATE_LEFT_OUT,
                Trouble.Severity.NOTE,
                spec.name(),
                done,
                "Step " + done + " was not finite (" + seen
                        + "), so its update was left out; the weights stay as they were.",
                "Once does no harm; after " + limit
                        + " in a row the run ends. Where it happens often, maybe a lower learning rate."));
    }

    /** The weights cannot be measured or asked. */
    Trouble logits(long done, long updates) {
        return end(
                done,
                updates,
                "Stage " + spec.name() + " diverged: " + (done == 0 ? "before its first step" : "after step " + done)
                        + " the model's logits are not finite, so it can neither answer nor be measured, and the run ends.");
    }

    private Trouble end(long done, long updates, String finding) {
        return new Trouble(
                Trouble.Kind.DIVERGED, Trouble.Severity.REFUSAL, spec.name(), done, finding, advice(updates));
    }

    private String advice(long updates) {
        if (!(spec instanceof StageSpec.Training training) || updates == 0) {
            return "It began like that: maybe smaller first weights (model.init), or other model.weights?";
        }
        return String.format(
                        Locale.ROOT,
                        "Maybe a lower optimizer.learning_rate than %.3g, or a longer schedule.warmup?",
                        training.optimizer().learningRate())
                + stageBefore
                        .map(name ->
                                " A new run with --continue-from RUN@" + name + " starts from what that stage left.")
                        .orElse("")
                + " Without a change --resume ends here again.";
    }

    private static String figure(double value) {
        return Double.isFinite(value) ? Detector.figure(value) : Double.toString(value);
    }
}
