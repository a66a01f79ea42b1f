package genka.app;

/**
 * How far the losses of one training run are from another's, relative to the other's. Both are smoothed first, as in DeepSeek-V3's
 * report (arXiv 2412.19437 §B.1: exponential average of coefficient 0.9); a first tenth of the steps, in which the average settles, does not count.
 *
 * @param mean of the sizes
 * @param largest size
 * @param bias mean with its sign: above 0 where the run's losses are higher
 * @param atEnd with its sign
 */
record LossError(double mean, double largest, double bias, double atEnd) {
    private static final double DECAY = 0.9;

    static LossError of(double[] losses, double[] reference) {
        double[] a = smoothed(reference);
        double[] b = smoothed(losses);
        double sum = 0;
        double sizes = 0;
        double largest = 0;
        double error = 0;
        int from = a.length / 10;
        for (int i = from; i < a.length; i++) {
            error = b[i] / a[i] - 1;
            sum += error;
            sizes += Math.abs(error);
            largest = Math.max(largest, Math.abs(error));
        }
        int counted = a.length - from;
        return new LossError(sizes / counted, largest, sum / counted, error);
    }

    static double[] smoothed(double[] losses) {
        double[] smooth = losses.clone();
        for (int i = 1; i < smooth.length; i++) {
            smooth[i] = DECAY * smooth[i - 1] + (1 - DECAY) * losses[i];
        }
        return smooth;
    }
}
