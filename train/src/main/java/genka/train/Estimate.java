package genka.train;

import genka.kernel.SeededRandom;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A share, 0 to 1, with its 95 % interval.
 *
 * @param method how the interval was found: {@code wilson} or {@code bootstrap}
 */
public record Estimate(double value, double low, double high, String method) {
    private static final int RESAMPLES = 2000;
    private static final double TAIL = 0.025;

    /** One right or wrong a prompt: Wilson's score interval (1927). */
    static Estimate wilson(int right, int prompts) {
        PassAtK.Interval interval = PassAtK.wilson(right, prompts, PassAtK.Z95);
        return new Estimate((double) right / prompts, interval.low(), interval.high(), "wilson");
    }

    /**
     * The mean of a rate a prompt: the percentile bootstrap over prompts (Efron 1979), because the samples of a prompt are not independent
     * of each other. Where every prompt has the same rate there is nothing to resample, so Wilson's interval stands in.
     *
     * @param rates [prompts], each 0 to 1
     */
    static Estimate bootstrap(double[] rates, SeededRandom random) {
        double mean = Arrays.stream(rates).average().orElse(0);
        if (Arrays.stream(rates).allMatch(rate -> rate == rates[0])) {
            PassAtK.Interval interval = PassAtK.wilson(Math.round(mean * rates.length), rates.length, PassAtK.Z95);
            return new Estimate(mean, Math.min(mean, interval.low()), Math.max(mean, interval.high()), "wilson");
        }
        double[] means = new double[RESAMPLES];
        for (int i = 0; i < RESAMPLES; i++) {
            double sum = 0;
            for (int j = 0; j < rates.length; j++) {
                sum += rates[random.nextInt(rates.length)];
            }
            means[i] = sum / rates.length;
        }
        Arrays.sort(means);
        int low = (int) (TAIL * RESAMPLES);
        return new Estimate(mean, means[low], means[RESAMPLES - 1 - low], "bootstrap");
    }

    /** Under the names that files use. */
    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("value", value);
        json.put("low", low);
        json.put("high", high);
        json.put("interval", method);
        return json;
    }
}
