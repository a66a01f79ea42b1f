package genka.plan;

import java.util.Arrays;
import java.util.List;

/**
 * How well predictions agree with what was measured. All but the count in percent, and no number where nothing was predicted.
 *
 * @param mape mean of absolute errors
 * @param medianApe their median
 * @param bias mean of signed errors
 * @param p90 ninetieth percentile of absolute errors
 * @param within10pct share of rows with an error of 10 % or less
 * @param coverage80 share of rows inside their 80 % range
 */
public record Score(
        int rows, double mape, double medianApe, double bias, double p90, double within10pct, double coverage80) {
    static Score of(List<Prediction> predictions) {
        double[] errors = predictions.stream()
                .mapToDouble(each -> 100 * Math.abs(each.error()))
                .sorted()
                .toArray();
        if (errors.length == 0) {
            double none = Double.NaN;
            return new Score(0, none, none, none, none, none, none);
        }
        double bias = predictions.stream()
                .mapToDouble(each -> 100 * each.error())
                .average()
                .orElse(0);
        return new Score(
                errors.length,
                Arrays.stream(errors).average().orElse(0),
                Spreads.quantile(errors, 0.5),
                bias,
                Spreads.quantile(errors, 0.9),
                100.0 * Arrays.stream(errors).filter(error -> error <= 10).count() / errors.length,
                100.0 * predictions.stream().filter(Prediction::covers).count() / errors.length);
    }
}
