package genka.kernel;

import static genka.kernel.Lanes.S;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * h = silu(gate) up, over rows {@code from..to} of [gate | up], each half {@code width} wide (row stride 2 width). SwiGLU: Shazeer
 * 2020, "GLU variants improve transformer".
 */
public final class SwiGlu {
    private SwiGlu() {}

    public static void forward(int from, int to, int width, float[] gateUp, int guAt, float[] h, int hAt) {
        for (int r = from; r < to; r++) {
            int gate = guAt + r * 2 * width;
            values(width, gateUp, gate, gate + width, h, hAt + r * width);
        }
    }

    /** h[n] = silu(gate) up of n values of one row. */
    public static void values(int n, float[] gateUp, int gateAt, int upAt, float[] h, int hAt) {
        for (int i = 0; i < n; i += Lanes.COUNT) {
            VectorMask<Float> inside = S.indexInRange(i, n);
            FloatVector g = FloatVector.fromArray(S, gateUp, gateAt + i, inside);
            FloatVector u = FloatVector.fromArray(S, gateUp, upAt + i, inside);
            g.div(Exp.of(g.neg()).add(1f)).mul(u).intoArray(h, hAt + i, inside);
        }
    }

    /** Turns [gate | up] into their gradients in place, given dh, and writes h again, which a forward need not keep. */
    public static void backward(
            int from, int to, int width, float[] gateUp, int guAt, float[] dh, int dhAt, float[] h, int hAt) {
        FloatVector one = FloatVector.broadcast(S, 1f);
        for (int r = from; r < to; r++) {
            int gate = guAt + r * 2 * width;
            int up = gate + width;
            int in = dhAt + r * width;
            int out = hAt + r * width;
            for (int i = 0; i < width; i += Lanes.COUNT) {
                VectorMask<Float> inside = S.indexInRange(i, width);
                FloatVector g = FloatVector.fromArray(S, gateUp, gate + i, inside);
                FloatVector u = FloatVector.fromArray(S, gateUp, up + i, inside);
                FloatVector d = FloatVector.fromArray(S, dh, in + i, inside);
                FloatVector s = one.div(Exp.of(g.neg()).add(1f));
                FloatVector silu = g.mul(s);
                silu.mul(u).intoArray(h, out + i, inside);
                d.mul(u).mul(s).mul(g.fma(one.sub(s), one)).intoArray(gateUp, gate + i, inside);
                d.mul(silu).intoArray(gateUp, up + i, inside);
            }
        }
    }
}
