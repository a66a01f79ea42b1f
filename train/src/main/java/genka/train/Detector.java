package genka.train;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Looks at a trajectory after each step for one kind of trouble. A pure function. */
interface Detector {
    /** Every one, in the order they are asked. */
    List<Detector> ALL = List.of(
            LearningSignal::formatNeverRight,
            LearningSignal::noSignal,
            LearningSignal::zeroLoss,
            LearningSignal::rewardFlat,
            AnswerShape::lengthCollapse,
            AnswerShape::lengthExplosion,
            AnswerShape::entropyCollapse,
            Drift::rewardHacking,
            Drift::klBlowUp,
            CoverageWall::reached);

    /** Above this accuracy a task counts as solved: then flat curves are no trouble. */
    double SOLVED = 0.9;

    Optional<Trouble> look(Trajectory trajectory);

    static Optional<Trouble> warning(Trouble.Kind kind, Trajectory seen, String finding, String advice) {
        return Optional.of(
                new Trouble(kind, Trouble.Severity.WARNING, seen.spec().name(), seen.steps(), finding, advice));
    }

    static Optional<Trouble> note(Trouble.Kind kind, Trajectory seen, String finding, String advice) {
        return Optional.of(new Trouble(kind, Trouble.Severity.NOTE, seen.spec().name(), seen.steps(), finding, advice));
    }

    /** 61 %, and 0.4 % where whole numbers would hide it. */
    static String percent(double share) {
        double percent = 100 * share;
        boolean fine = percent != 0 && percent < 10 && Math.abs(percent - Math.rint(percent)) > 0.05;
        return String.format(Locale.ROOT, fine ? "%.1f %%" : "%.0f %%", percent);
    }

    static String figure(double value) {
        return String.format(Locale.ROOT, Math.abs(value) >= 0.001 || value == 0 ? "%.3f" : "%.1e", value);
    }

    static String tokens(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
