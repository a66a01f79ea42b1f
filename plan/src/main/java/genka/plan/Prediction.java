package genka.plan;

/**
 * What a row is predicted to say.
 *
 * @param low the 80 % range, in the row's unit
 */
public record Prediction(MeasuredRow row, double predicted, double low, double high) {
    /** From a calibration that did not see what it predicts, or did. */
    static Prediction of(MeasuredRow row, Calibration calibration) {
        double seconds = calibration.times().seconds(row.task()) * calibration.factor(row.cluster());
        return of(row, seconds, calibration.spread(row.task(), calibration.knows(row.cluster())));
    }

    static Prediction of(MeasuredRow row, double seconds, Spreads.Spread spread) {
        double one = row.value(seconds * spread.low());
        double other = row.value(seconds * spread.high());
        return new Prediction(row, row.value(seconds), Math.min(one, other), Math.max(one, other));
    }

    /** Signed, of the measured value: 0.1 is a tenth too much. */
    double error() {
        return predicted / row.actual() - 1;
    }

    /** The predicted step seconds. */
    double seconds() {
        return row.seconds(predicted);
    }

    boolean covers() {
        return low <= row.actual() && row.actual() <= high;
    }
}
