package genka.app;

/** A curve in one line of text: eight heights. */
final class Sparkline {
    private static final String BARS = "▁▂▃▄▅▆▇█";

    private Sparkline() {}

    /** The values' course in at most {@code width} characters, each the mean of its share; NaN leaves a blank. */
    static String of(double[] values, int width) {
        int columns = Math.min(width, values.length);
        double[] means = new double[columns];
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < columns; c++) {
            int from = (int) ((long) c * values.length / columns);
            int to = (int) ((c + 1L) * values.length / columns);
            means[c] = mean(values, from, to);
            if (Double.isFinite(means[c])) {
                low = Math.min(low, means[c]);
                high = Math.max(high, means[c]);
            }
        }
        StringBuilder line = new StringBuilder(columns);
        for (double mean : means) {
            line.append(Double.isFinite(mean) ? bar(mean, low, high) : ' ');
        }
        return line.toString();
    }

    private static char bar(double value, double low, double high) {
        int last = BARS.length() - 1;
        return high > low ? BARS.charAt((int) Math.round((value - low) / (high - low) * last)) : BARS.charAt(0);
    }

    private static double mean(double[] values, int from, int to) {
        double sum = 0;
        int count = 0;
        for (int i = from; i < to; i++) {
            if (Double.isFinite(values[i])) {
                sum += values[i];
                count++;
            }
        }
        return count == 0 ? Double.NaN : sum / count;
    }
}
