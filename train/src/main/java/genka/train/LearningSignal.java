package genka.train;

import genka.catalog.StageSpec.GrpoSpec;
import java.util.Optional;

/** Whether there is anything to learn from, and whether it is learned: the troubles that look like a bug and are none, and the reverse. */
final class LearningSignal {
    /** Steps in a row that make a pattern of what one step shows by chance. */
    private static final int IN_A_ROW = 5;

    /** A loss as small as this is rounding. */
    private static final double ROUNDING = 1e-6;

    /** Groups without variance at which a stage stands still. */
    private static final double NEARLY_ALL = 0.95;

    /** Windows without a rise before the reward is called flat. */
    private static final int FLAT_WINDOWS = 5;

    private LearningSignal() {}

    /** No answer had the right form since the stage began. */
    static Optional<Trouble> formatNeverRight(Trajectory seen) {
        if (seen.steps() < IN_A_ROW || seen.over(Figure.FORMAT, 0, seen.steps()).mean() > 0) {
            return Optional.empty();
        }
        double cut = seen.recent(Figure.TRUNCATED_SHARE).mean();
        return Detector.warning(
                Trouble.Kind.FORMAT_NEVER_RIGHT,
                seen,
                "No answer of " + seen.steps()
                        + " steps has the form that the task's rules read, so none can be right; "
                        + Detector.percent(cut) + " are cut off at "
                        + seen.spec().maxNewTokens() + " tokens.",
                cut > 0.5
                        ? "Maybe raise max_new_tokens: answers end too late to be read."
                        : "Maybe compare an answer in samples.jsonl with a demonstration: train longer on demonstrations of"
                                + " that form, or make the task's score read the form the model was taught.");
    }

    /** Groups whose answers all earned the same teach nothing; with (nearly) only such groups the stage stands still. */
    static Optional<Trouble> noSignal(Trajectory seen) {
        int n = seen.steps();
        if (n < IN_A_ROW) {
            return Optional.empty();
        }
        double share = seen.over(Figure.ZERO_VARIANCE_SHARE, n - IN_A_ROW, n).mean();
        if (!(share >= NEARLY_ALL)) {
            return Optional.empty();
        }
        double accuracy = seen.over(Figure.ACCURACY, n - IN_A_ROW, n).mean();
        String finding = "In the last " + IN_A_ROW + " steps " + Detector.percent(share)
                + " of the groups had one reward for all their answers, so their advantages are 0; accuracy is "
                + Detector.percent(accuracy) + ".";
        if (accuracy >= Detector.SOLVED) {
            return Detector.note(
                    Trouble.Kind.NO_SIGNAL,
                    seen,
                    finding,
                    "Nearly all answers are right: the task is learned. Maybe stop earlier (stop.greedy_accuracy) or make"
                            + " it harder.");
        }
        return Detector.warning(
                Trouble.Kind.NO_SIGNAL,
                seen,
                finding,
                accuracy < 1 - NEARLY_ALL
                        ? "Nearly all answers are wrong. Maybe make the task easier, show more demonstrations, or draw"
                                + " prompts with a curriculum."
                        : "Each prompt is answered always right or always wrong. Maybe a larger group, a higher"
                                + " temperature, or a curriculum that draws prompts between the two.");
    }

    /** A loss of 0: by construction, or because no update was made. */
    static Optional<Trouble> zeroLoss(Trajectory seen) {
        int n = seen.steps();
        if (n < IN_A_ROW) {
            return Optional.empty();
        }
        double gradient = 0;
        double updates = 0;
        for (int i = n - IN_A_ROW; i < n; i++) {
            if (!(Math.abs(seen.at(Figure.LOSS, i)) <= ROUNDING)
                    || seen.at(Figure.ZERO_VARIANCE_SHARE, i) >= NEARLY_ALL) {
                return Optional.empty();
            }
            gradient += seen.at(Figure.GRADIENT_NORM, i) / IN_A_ROW;
            updates += seen.at(Figure.UPDATES, i);
        }
        if (updates == 0) {
            return Detector.warning(
                    Trouble.Kind.ZERO_LOSS,
                    seen,
                    "Answers differ in reward, yet " + IN_A_ROW + " steps made no update: "
                            + Detector.percent(seen.last(Figure.TRUNCATED_SHARE))
                            + " of the answers are cut off and mask_truncated leaves those out.",
                    "Maybe raise max_new_tokens, or set objective.mask_truncated=false.");
        }
        return Detector.note(
                Trouble.Kind.ZERO_LOSS,
                seen,
                "The loss is 0 by construction: with one update a rollout every ratio is 1, and the advantages of a group"
                        + " add up to 0" + evenly(seen) + ". Its gradient is not 0 (norm " + Detector.figure(gradient)
                        + ").",
                "It does not matter: the model learns. Watch reward and accuracy, not the loss.");
    }

    private static String evenly(Trajectory seen) {
        return seen.spec().objective().aggregate() == GrpoSpec.Aggregate.SEQUENCE_MEAN
                ? " (each answer weighs the same)"
                : " (answers are equally long)";
    }

    /** The best stretch is no better than the first. */
    static Optional<Trouble> rewardFlat(Trajectory seen) {
        int window = seen.window();
        if (seen.steps() < (1 + FLAT_WINDOWS) * window
                || seen.recent(Figure.ACCURACY).mean() >= Detector.SOLVED) {
            return Optional.empty();
        }
        Trajectory.Window first = seen.first(Figure.REWARD);
        for (int from = window; from + window <= seen.steps(); from += window) {
            if (seen.over(Figure.REWARD, from, from + window).above(first, 2)) {
                return Optional.empty();
            }
        }
        double silent = seen.over(Figure.ZERO_VARIANCE_SHARE, 0, seen.steps()).mean();
        return Detector.warning(
                Trouble.Kind.REWARD_FLAT,
                seen,
                "The reward began at " + Detector.figure(first.mean()) + " and is "
                        + Detector.figure(seen.recent(Figure.REWARD).mean()) + " after " + seen.steps()
                        + " steps; " + Detector.percent(silent) + " of the groups taught nothing (one reward for all).",
                silent > 0.5
                        ? "Too few answers differ. Maybe a larger group, an easier task, more demonstrations, or a"
                                + " curriculum."
                        : "Answers differ but the weights hardly follow: gradient norm "
                                + Detector.figure(
                                        seen.recent(Figure.GRADIENT_NORM).mean())
                                + ", learning rate " + Detector.figure(seen.last(Figure.LEARNING_RATE))
                                + ". Maybe a learning rate 3 times as high, or more prompts a step; check that the reward"
                                + " measures what demonstrations do.");
    }
}
