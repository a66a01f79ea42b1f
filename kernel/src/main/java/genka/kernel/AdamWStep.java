package genka.kernel;

/** One AdamW update (Loshchilov and Hutter 2019) with clipping folded in, over elements {@code from..to} of flat arrays. */
public final class AdamWStep {
    private AdamWStep() {}

    /**
     * p -= rate decay p; then p -= rate m̂ / (sqrt(v̂) + eps), with gradients times {@code clip}; gradients are left as they were.
     *
     * @param step 1 for the first update (bias correction)
     */
    public static void update(
            int from,
            int to,
            float[] p,
            float[] g,
            float[] m,
            float[] v,
            double rate,
            double beta1,
            double beta2,
            double eps,
            double decay,
            double clip,
            long step) {
        double c1 = 1 - Math.pow(beta1, step);
        double c2 = 1 - Math.pow(beta2, step);
        for (int i = from; i < to; i++) {
            float grad = (float) (g[i] * clip);
            m[i] = (float) (beta1 * m[i] + (1 - beta1) * grad);
            v[i] = (float) (beta2 * v[i] + (1 - beta2) * grad * grad);
            double w = p[i] - rate * decay * p[i];
            p[i] = (float) (w - rate * (m[i] / c1) / (Math.sqrt(v[i] / c2) + eps));
        }
    }
}
