package genka.kernel;

import static genka.kernel.Lanes.S;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

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
        float size = (float) (rate / (1 - Math.pow(beta1, step)));
        float root = (float) (1 / Math.sqrt(1 - Math.pow(beta2, step)));
        int whole = from + S.loopBound(Math.max(0, to - from));
        update(from, whole, p, g, m, v, beta1, beta2, (float) eps, (float) (rate * decay), (float) clip, size, root);
        if (whole < to) {
            last(whole, to, p, g, m, v, beta1, beta2, (float) eps, (float) (rate * decay), (float) clip, size, root);
        }
    }

    private static void update(
            int from,
            int to,
            float[] p,
            float[] g,
            float[] m,
            float[] v,
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
        for (int i = from; i < to; i += Lanes.COUNT) {
            FloatVector grad = FloatVector.fromArray(S, g, i).mul(clip);
            FloatVector m1 = b1.fma(FloatVector.fromArray(S, m, i), grad.mul((float) (1 - beta1)));
            FloatVector v1 =
                    b2.fma(FloatVector.fromArray(S, v, i), grad.mul(grad).mul((float) (1 - beta2)));
            m1.intoArray(m, i);
            v1.intoArray(v, i);
            FloatVector w = FloatVector.fromArray(S, p, i);
            w = minusShrink.fma(w, w);
            FloatVector direction = m1.div(v1.sqrt().mul(root).add(eps));
            minusSize.fma(direction, w).intoArray(p, i);
        }
    }

    private static void last(
            int at,
            int to,
            float[] p,
            float[] g,
            float[] m,
            float[] v,
            double beta1,
            double beta2,
            float eps,
            float shrink,
            float clip,
            float size,
            float root) {
        VectorMask<Float> rest = S.indexInRange(at, to);
        FloatVector grad = FloatVector.fromArray(S, g, at, rest).mul(clip);
        FloatVector m1 = FloatVector.broadcast(S, (float) beta1)
                .fma(FloatVector.fromArray(S, m, at, rest), grad.mul((float) (1 - beta1)));
        FloatVector v1 = FloatVector.broadcast(S, (float) beta2)
                .fma(FloatVector.fromArray(S, v, at, rest), grad.mul(grad).mul((float) (1 - beta2)));
        m1.intoArray(m, at, rest);
        v1.intoArray(v, at, rest);
        FloatVector w = FloatVector.fromArray(S, p, at, rest);
        w = FloatVector.broadcast(S, -shrink).fma(w, w);
        FloatVector direction = m1.div(v1.sqrt().mul(root).add(eps));
        FloatVector.broadcast(S, -size).fma(direction, w).intoArray(p, at, rest);
    }
}
