package genka.train;

import java.util.Optional;

/** Answers that grow too short, too long or too alike. */
final class AnswerShape {
    /** A length below this share of its peak is a collapse, if accuracy did not gain by it. */
    private static final double COLLAPSED = 0.5;

    /** Share of answers cut off that wastes a stage, and its least growth since the start. */
    private static final double CUT_OFF = 0.2;

    private static final double CUT_OFF_GROWTH = 0.1;

    /** Entropy below this share of the first steps' leaves nothing to explore with. */
    private static final double ENTROPY_LEFT = 0.1;

    private AnswerShape() {}

    /** Answers of half their former length, with no accuracy gained. */
    static Optional<Trouble> lengthCollapse(Trajectory seen) {
        int window = seen.window();
        if (seen.steps() < 2 * window) {
            return Optional.empty();
        }
        int peak = 0;
        for (int from = 0; from + window <= seen.steps(); from += window) {
            if (seen.over(Figure.RESPONSE_TOKENS, from, from + window).mean()
                    > seen.over(Figure.RESPONSE_TOKENS, peak, peak + window).mean()) {
                peak = from;
            }
        }
        double longest = seen.over(Figure.RESPONSE_TOKENS, peak, peak + window).mean();
        double now = seen.recent(Figure.RESPONSE_TOKENS).mean();
        Trajectory.Window accuracyThen = seen.over(Figure.ACCURACY, peak, peak + window);
        Trajectory.Window accuracyNow = seen.recent(Figure.ACCURACY);
        if (now >= COLLAPSED * longest || accuracyNow.above(accuracyThen, 2) || accuracyNow.mean() >= Detector.SOLVED) {
            return Optional.empty();
        }
        return Detector.warning(
                Trouble.Kind.LENGTH_COLLAPSE,
                seen,
                "Answers shrank from " + Detector.tokens(longest) + " to " + Detector.tokens(now)
                        + " tokens while accuracy went from " + Detector.percent(accuracyThen.mean()) + " to "
                        + Detector.percent(accuracyNow.mean()) + ".",
                "The model found that short answers lose less. Maybe a smaller reward.format, a lower learning rate, a KL"
                        + " term (objective.kl_beta), or objective.aggregate: token-mean, which does not favour short right"
                        + " answers.");
    }

    /** Ever more answers run into the length limit. */
    static Optional<Trouble> lengthExplosion(Trajectory seen) {
        if (seen.steps() < seen.window()) {
            return Optional.empty();
        }
        double now = seen.recent(Figure.TRUNCATED_SHARE).mean();
        double start = seen.base().map(RunEvents.PreFlight::truncatedShare).orElse(seen.at(Figure.TRUNCATED_SHARE, 0));
        if (now < CUT_OFF || now < start + CUT_OFF_GROWTH) {
            return Optional.empty();
        }
        return Detector.warning(
                Trouble.Kind.LENGTH_EXPLOSION,
                seen,
                Detector.percent(now) + " of the answers are cut off at "
                        + seen.spec().maxNewTokens() + " tokens ("
                        + Detector.percent(start) + " at the start); their mean length is "
                        + Detector.tokens(seen.recent(Figure.RESPONSE_TOKENS).mean()) + ".",
                "Answers that are cut off earn nothing. Maybe raise max_new_tokens if they were on their way, or punish"
                        + " length before the limit (reward.overlong) if they ramble.");
    }

    /** Sampling that has become nearly deterministic before the task is solved. */
    static Optional<Trouble> entropyCollapse(Trajectory seen) {
        if (seen.steps() < 2 * seen.window()) {
            return Optional.empty();
        }
        double first = seen.first(Figure.ENTROPY).mean();
        double now = seen.recent(Figure.ENTROPY).mean();
        double accuracy = seen.recent(Figure.ACCURACY).mean();
        if (accuracy >= Detector.SOLVED || !(now < ENTROPY_LEFT * first)) {
            return Optional.empty();
        }
        return Detector.warning(
                Trouble.Kind.ENTROPY_COLLAPSE,
                seen,
                "The entropy of a token fell from " + Detector.figure(first) + " to " + Detector.figure(now)
                        + " nats at an accuracy of " + Detector.percent(accuracy)
                        + ": all samples of a prompt are nearly the same, and nothing new is tried.",
                "Maybe an entropy bonus (objective.entropy_bonus), a higher objective.clip_high (DAPO: 0.28), a lower"
                        + " learning rate, or a KL term.");
    }
}
