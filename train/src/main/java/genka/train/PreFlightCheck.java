package genka.train;

import genka.catalog.StageSpec;
import genka.train.Trouble.Kind;
import genka.train.Trouble.Severity;
import java.util.Optional;

/** What the base's pass rates say before reinforcement starts. Reinforcement makes right answers likelier; it cannot make the first one. */
final class PreFlightCheck {
    /** Share of prompts with a right answer among 16 samples below which there is nothing to strengthen. */
    static final double LEAST_PASS_AT_16 = 0.05;

    private static final double MOST_CUT_OFF = 0.5;

    private PreFlightCheck() {}

    static Optional<Trouble> look(RunEvents.PreFlight base, StageSpec.Grpo spec) {
        if (base.passAt16() < LEAST_PASS_AT_16) {
            return Optional.of(new Trouble(
                    Kind.NOTHING_TO_REINFORCE,
                    Severity.REFUSAL,
                    base.stage(),
                    0,
                    "Reinforcement learning cannot start in stage " + base.stage() + ": only "
                            + Detector.percent(base.passAt16()) + " of prompts have a right answer among "
                            + base.samples() + " samples (pass@" + base.samples() + "), at least "
                            + Detector.percent(LEAST_PASS_AT_16) + " must; " + Detector.percent(base.formatRate())
                            + " of answers are well-formed, " + Detector.percent(base.truncatedShare())
                            + " are cut off at " + spec.maxNewTokens() + " tokens.",
                    refusalAdvice(base)));
        }
        if (base.passAt1() >= 1 - LEAST_PASS_AT_16) {
            return Optional.of(new Trouble(
                    Kind.ALREADY_SOLVED,
                    Severity.NOTE,
                    base.stage(),
                    0,
                    "The base already answers " + Detector.percent(base.passAt1())
                            + " right when sampling (pass@1), so most groups will have one reward for all.",
                    "Maybe make the task harder, or leave this stage out."));
        }
        if (base.truncatedShare() >= MOST_CUT_OFF) {
            return Optional.of(new Trouble(
                    Kind.LENGTH_EXPLOSION,
                    Severity.WARNING,
                    base.stage(),
                    0,
                    "The base's answers are cut off in " + Detector.percent(base.truncatedShare()) + " of samples, at "
                            + spec.maxNewTokens() + " tokens, and earn nothing.",
                    "Maybe raise max_new_tokens, or train longer on demonstrations so that answers end."));
        }
        return Optional.empty();
    }

    private static String refusalAdvice(RunEvents.PreFlight base) {
        if (base.truncatedShare() >= MOST_CUT_OFF) {
            return "Maybe raise max_new_tokens, or pre-train longer so that answers end?";
        }
        if (base.formatRate() < MOST_CUT_OFF) {
            return "Maybe pre-train longer on demonstrations in the form that the task's score reads?";
        }
        return "Maybe pre-train longer, make the task easier, or show more demonstrations?";
    }
}
