package genka.train;

import genka.train.Trajectory.Window;
import java.util.Optional;

/**
 * The end of what sharpening can do. Reinforcement makes answers likelier that the base already gives now and then; so sampled accuracy
 * (pass@1) climbs towards the base's pass@k and stays there, while ever more groups agree on one reward (the coverage wall, arXiv
 * 2505.22756; the same in arXiv 2504.13837).
 */
final class CoverageWall {
    /**
     * Share of the way from the base's pass@1 to the pass@k that is left behind which a plateau is the wall. Not all of it: while a
     * policy sharpens it forgets answers too, so its pass@k falls towards its pass@1.
     */
    private static final double WAY = 1.0 / 3;

    /** Groups with one reward for all, as a share, that say the prompts are decided. */
    private static final double DECIDED = 0.35;

    /** Windows that a plateau lasts. */
    private static final int PLATEAU_WINDOWS = 3;

    private static final double LEAST_GAIN = 0.05;

    private CoverageWall() {}

    /** While the stage runs: accuracy has stopped rising near the base's pass@k. */
    static Optional<Trouble> reached(Trajectory seen) {
        int window = seen.window();
        int n = seen.steps();
        if (n < 2 * PLATEAU_WINDOWS * window || seen.base().isEmpty()) {
            return Optional.empty();
        }
        RunEvents.PreFlight base = seen.base().get();
        Window now = seen.over(Figure.ACCURACY, n - PLATEAU_WINDOWS * window, n);
        Window before = seen.over(Figure.ACCURACY, n - 2 * PLATEAU_WINDOWS * window, n - PLATEAU_WINDOWS * window);
        double decided = seen.over(Figure.ZERO_VARIANCE_SHARE, n - PLATEAU_WINDOWS * window, n)
                .mean();
        boolean flat = !now.above(before, 2);
        boolean near = now.mean() >= base.passAt1() + WAY * (base.passAt16() - base.passAt1());
        if (!flat
                || !near
                || decided < DECIDED
                || !beyondReach(base)
                || now.mean() >= Detector.SOLVED
                || gain(now.mean(), base) < LEAST_GAIN) {
            return Optional.empty();
        }
        return Detector.warning(
                Trouble.Kind.COVERAGE_WALL,
                seen,
                "Sampled accuracy stands at " + Detector.percent(now.mean()) + " since " + 2 * PLATEAU_WINDOWS * window
                        + " steps; the base's pass@1 was " + Detector.percent(base.passAt1()) + " and its "
                        + passAtK(base) + " " + Detector.percent(base.passAt16()) + ". " + Detector.percent(decided)
                        + " of the groups agree on one reward: sharpening is used up.",
                ADVICE);
    }

    /** After the stage: the same prompts again, before beside after. */
    static Optional<Trouble> closing(RunEvents.PreFlight base, RunEvents.PreFlight after, long step) {
        double gain = gain(after.passAt1(), base);
        boolean sharpened = gain >= LEAST_GAIN && gain >= WAY * (after.passAt16() - base.passAt1());
        boolean nothingNew = after.passAt16() < base.passAt16() + LEAST_GAIN;
        if (!sharpened || !nothingNew || !beyondReach(after) || after.passAt1() >= Detector.SOLVED) {
            return Optional.empty();
        }
        return Optional.of(new Trouble(
                Trouble.Kind.COVERAGE_WALL,
                Trouble.Severity.WARNING,
                base.stage(),
                step,
                "On the same " + base.prompts() + " prompts pass@1 went from " + Detector.percent(base.passAt1())
                        + " to "
                        + Detector.percent(after.passAt1()) + ", but " + passAtK(base) + " from "
                        + Detector.percent(base.passAt16()) + " to " + Detector.percent(after.passAt16())
                        + ": rare right answers became common ones, and no new ones were found.",
                ADVICE));
    }

    /** Whether there are prompts that none of the samples answers right: else there is no wall. */
    private static boolean beyondReach(RunEvents.PreFlight measured) {
        return measured.passAt16() <= 1 - LEAST_GAIN;
    }

    private static final String ADVICE = "More steps of the same will not find new answers. Maybe show the model how to"
            + " search (demonstrations with written trials or steps), train the base longer or larger, or widen what it"
            + " samples (temperature, group, entropy bonus).";

    private static double gain(double passAt1, RunEvents.PreFlight base) {
        return passAt1 - base.passAt1();
    }

    private static String passAtK(RunEvents.PreFlight base) {
        return "pass@" + base.samples();
    }
}
