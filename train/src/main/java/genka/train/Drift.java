package genka.train;

import genka.train.Trajectory.Window;
import java.util.List;
import java.util.Optional;

/** A reward that no longer means what it should, and a policy that runs away from its reference. */
final class Drift {
    /** Windows after which a reward that rises without accuracy is told. */
    private static final int PATIENCE = 3;

    /** Training accuracy above the held-out one by this much, with no held-out gain, is not the skill that was wanted. */
    private static final double GAP = 0.15;

    private static final double HELD_OUT_GAIN = 0.02;

    /** Mean KL of a token, in nats, at which the policy has left its reference. */
    private static final double KL_FAR = 1;

    private static final double KL_JUMP = 10;
    private static final double KL_JUMP_FROM = 0.1;

    private Drift() {}

    /** The reward rises while accuracy does not: neither that of training, nor that on held-out prompts. */
    static Optional<Trouble> rewardHacking(Trajectory seen) {
        if (seen.steps() < PATIENCE * seen.window()
                || !seen.recent(Figure.REWARD).above(seen.first(Figure.REWARD), 3)) {
            return Optional.empty();
        }
        Optional<Trouble> byForm = formForAccuracy(seen);
        return byForm.isPresent() ? byForm : onlyInTraining(seen);
    }

    private static Optional<Trouble> formForAccuracy(Trajectory seen) {
        Window accuracyFirst = seen.first(Figure.ACCURACY);
        Window accuracyNow = seen.recent(Figure.ACCURACY);
        if (!seen.recent(Figure.FORMAT).above(seen.first(Figure.FORMAT), 2) || !accuracyFirst.above(accuracyNow, 2)) {
            return Optional.empty();
        }
        return Detector.warning(
                Trouble.Kind.REWARD_HACKING,
                seen,
                "The reward rose from " + rise(seen, Figure.REWARD) + " by its format part ("
                        + rise(seen, Figure.FORMAT)
                        + ") while accuracy fell from " + Detector.percent(accuracyFirst.mean()) + " to "
                        + Detector.percent(accuracyNow.mean()) + ".",
                "The form pays more than the answer. Maybe a smaller reward.format, or give it only with a right answer.");
    }

    private static Optional<Trouble> onlyInTraining(Trajectory seen) {
        List<Double> evaluations = seen.heldOut();
        if (evaluations.size() < 3) {
            return Optional.empty();
        }
        double first = evaluations.getFirst();
        double heldOut = (evaluations.getLast() + evaluations.get(evaluations.size() - 2)) / 2;
        double training = seen.recent(Figure.ACCURACY).mean();
        if (heldOut > first + HELD_OUT_GAIN || training < heldOut + GAP) {
            return Optional.empty();
        }
        return Detector.warning(
                Trouble.Kind.REWARD_HACKING,
                seen,
                "The reward rose from " + rise(seen, Figure.REWARD) + " and " + Detector.percent(training)
                        + " of the training answers count as right, but held-out accuracy went from "
                        + Detector.percent(first) + " to " + Detector.percent(heldOut) + ".",
                "The model serves the rule, not the task, or only prompts it has met. Maybe read samples.jsonl for what is"
                        + " rewarded, tighten the task's score, or draw more varied prompts.");
    }

    private static String rise(Trajectory seen, Figure figure) {
        return Detector.figure(seen.first(figure).mean()) + " to "
                + Detector.figure(seen.recent(figure).mean());
    }

    /** The divergence from the reference is large, or ten times what it was. */
    static Optional<Trouble> klBlowUp(Trajectory seen) {
        if (seen.spec().objective().klBeta() == 0 || seen.steps() < 1) {
            return Optional.empty();
        }
        double now = seen.last(Figure.KL);
        int before = seen.steps() - 1;
        double usual = before < seen.window()
                ? Double.NaN
                : seen.over(Figure.KL, before - seen.window(), before).mean();
        boolean jumped = now > KL_JUMP_FROM && now > KL_JUMP * usual;
        if (!jumped && !(now > KL_FAR)) {
            return Optional.empty();
        }
        return Detector.warning(
                Trouble.Kind.KL_BLOW_UP,
                seen,
                "The KL divergence from the reference is " + Detector.figure(now) + " nats a token"
                        + (jumped ? ", ten times the " + Detector.figure(usual) + " of the steps before" : "")
                        + "; gradient norm " + Detector.figure(seen.last(Figure.GRADIENT_NORM)) + ".",
                "The policy runs away. Maybe a lower learning rate, a lower optimizer.clip_norm, a higher"
                        + " objective.kl_beta, or objective.reference_every so that the reference follows.");
    }
}
