package genka.plan;

/**
 * A step or run that somebody measured, and the job it was.
 *
 * @param id unique in its file
 * @param model group that is left out together: one shape of a model
 * @param cluster group that is left out together: one set of rows on one kind of accelerator
 * @param release of the framework, where the row says it: no way to spread the work changes it
 * @param precision of the large products, as the row says it
 * @param actual the measured value, in the row's own unit
 * @param rate whether the value falls as the step takes longer: tokens or FLOP a second
 * @param scale the value is {@code scale / seconds} for a rate, else {@code scale * seconds}
 * @param tier of its inputs: given when everything that matters is in the row, else assumed
 */
public record MeasuredRow(
        String id,
        String model,
        String cluster,
        String release,
        String precision,
        Task task,
        double actual,
        boolean rate,
        double scale,
        Tier tier) {
    /** Family of frameworks whose constants predict the row. */
    String family() {
        return task.family();
    }

    /** What the row would say if a step took that long. */
    double value(double stepSeconds) {
        return rate ? scale / stepSeconds : scale * stepSeconds;
    }

    /** Whether both rows are the same measurement, be it rounded differently. */
    boolean repeats(MeasuredRow other) {
        return cluster.equals(other.cluster)
                && task.equals(other.task)
                && Math.abs(stepSeconds() / other.stepSeconds() - 1) < 1e-3
                && !id.equals(other.id);
    }

    /** The step's length that the row says. */
    double stepSeconds() {
        return seconds(actual);
    }

    /** The step's length when the row said {@code value}. */
    double seconds(double value) {
        return rate ? scale / value : value / scale;
    }
}
