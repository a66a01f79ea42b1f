package genka.report;

import java.util.Locale;

/** Metrics as a run would write them. */
final class Told {
    private Told() {}

    static Metrics metrics(String... lines) {
        Metrics metrics = new Metrics();
        for (String line : lines) {
            metrics.add(line);
        }
        return metrics;
    }

    static String step(String stage, int step, String figure, double value) {
        return String.format(Locale.ROOT, "{\"stage\":\"%s\",\"step\":%d,\"%s\":%f}", stage, step, figure, value);
    }

    static String evaluation(String stage, int step, double accuracy, double tokens) {
        return String.format(
                Locale.ROOT,
                "{\"stage\":\"%s\",\"step\":%d,\"evaluation\":{\"greedy_accuracy\":%f,\"mean_response_tokens\":%f}}",
                stage,
                step,
                accuracy,
                tokens);
    }
}
