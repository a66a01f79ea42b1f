package genka.kernel;

import static genka.kernel.Lanes.S;

import jdk.incubator.vector.FloatVector;

/** One AdamW update (Loshchilov and Hutter 2019) with clipping folded in, over elements {@code from..to} of flat arrays. */
public final class AdamWStep {
    private AdamWStep() {}

    /**
     * p -= rate decay p; then p -= rate m̂ / (sqrt(v̂) + eps), with gradients times {@code clip}; gradients are left as they were.
     *
     * @param vAt where the second moments of {@code from..to} begin in {@code v}
     * @param step 1 for the first update (bias correction)
     */
    public static void update(
            int from,
            int to,
            float[] p,
            float[] g,
            float[] m,
            float[] v,
            int vAt,
            double rate,
            double beta1,
            double beta2,
            double eps,
            double decay,
            double clip,
            long step) {
        float size = (float) (rate / (1 - Math.pow(beta1, step)));
        float root = (float) (1 / Math.sqrt(1 - Math.pow(beta2, step)));
        int whole = from + S.loopBound(Math.max(0, to - from));
        update(
                from,
                whole,
                p,
                g,
                m,
                v,
                vAt,
                beta1,
                beta2,
                (float) eps,
                (float) (rate * decay),
                (float) clip,
                size,
                root);
        if (whole < to) {
            int rest = vAt + whole - from;
            last(
                    whole,
                    to,
                    p,
                    g,
                    m,
                    v,
                    rest,
                    beta1,
                    beta2,
                    (float) eps,
                    (float) (rate * decay),
                    (float) clip,
                    size,
                    root);
        }
    }

    private static void update(
            int from,
            int to,
            float[] p,
            float[] g,
            float[] m,
            float[] v,
            int vAt,
            double beta1,
            double beta2,
            float eps,
            float shrink,
            float clip,
            float size,
            float root) {
        FloatVector b1 = FloatVector.broadcast(S, (float) beta1);
        FloatVector b2 = FloatVector.broadcast(S, (float) beta2);
        FloatVector minusShrink = FloatVector.broadcast(S, -shrink);
        FloatVector minusSize = FloatVector.broadcast(S, -size);
        int shift = vAt - from;
        for (int i = from; i < to; i += Lanes.COUNT) {
            FloatVector grad = FloatVector.fromArray(S, g, i).mul(clip);
            FloatVector m1 = b1.fma(FloatVector.fromArray(S, m, i), grad.mul((float) (1 - beta1)));
            FloatVector v1 = b2.fma(
                    FloatVector.fromArray(S, v, i + shift), grad.mul(grad).mul((float) (1 - beta2)));
            m1.intoArray(m, i);
            v1.intoArray(v, i + shift);
            FloatVector w = FloatVector.fromArray(S, p, i);
            w = minusShrink.fma(w, w);
            FloatVector direction = m1.div(v1.sqrt().mul(root).add(eps));
            minusSize.fma(direction, w).intoArray(p, i);
        }
    }

    /** The values that fill no vector, with the same bits: vectors in a method that runs once a step would be objects for a long time. */
    private static void last(
            int from,
            int to,
            float[] p,
            float[] g,
            float[] m,
            float[] v,
            int vAt,
            double beta1,
            double beta2,
            float eps,
            float shrink,
            float clip,
            float size,
            float root) {
        int shift = vAt - from;
        for (int i = from; i < to; i++) {
            float grad = g[i] * clip;
            m[i] = Math.fma((float) beta1, m[i], grad * (float) (1 - beta1));
            v[i + shift] = Math.fma((float) beta2, v[i + shift], grad * grad * (float) (1 - beta2));
            float w = Math.fma(-shrink, p[i], p[i]);
            float direction = m[i] / ((float) Math.sqrt(v[i + shift]) * root + eps);
            p[i] = Math.fma(-size, direction, w);
        }
    }
}
