package genka.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The exponential function, the same bits for vectors and scalars and in the interpreter: x = n ln 2 + r, a polynomial in r (Cephes'
 * expf, Moshier 1989), and n put in the exponent. At most 2 ulp off; 0 below -87, infinite above 88.73, NaN stays NaN.
 *
 * <p>Call the vector form once in a method: a second call, such as one for the rest of a row, makes the compiler stop inlining and
 * allocate each vector. So loops mask every vector and have no rest.
 */
final class Exp {
    static final float LOWEST = -87.3f;
    private static final float HIGHEST = 88.8f;
    private static final float LOG2_E = 1.442695f;
    /** 1.5 · 2^23: adding it rounds to a whole number, found in the lowest bits. */
    private static final float ROUND = 12582912f;

    private static final float LN2_HIGH = 0.6933594f;
    private static final float LN2_LOW = -2.1219444e-4f;
    private static final float C7 = 1.9875691e-4f;
    private static final float C6 = 1.3981999e-3f;
    private static final float C5 = 8.333452e-3f;
    private static final float C4 = 4.1665796e-2f;
    private static final float C3 = 1.6666666e-1f;
    private static final float C2 = 0.5f;
    /** The exponent's bias less one: 2^(n-1) is doubled last, so that the largest results do not overflow on the way. */
    private static final int BIAS = 126;

    private Exp() {}

    static FloatVector of(FloatVector v) {
        return ofAtMost0(v.blend(HIGHEST, v.compare(VectorOperators.GT, HIGHEST)));
    }

    /** The same for values that are known not to be above 0. */
    static FloatVector ofAtMost0(FloatVector v) {
        FloatVector x = v.blend(LOWEST, v.compare(VectorOperators.LT, LOWEST));
        FloatVector t = x.fma(FloatVector.broadcast(Lanes.S, LOG2_E), FloatVector.broadcast(Lanes.S, ROUND));
        FloatVector n = t.sub(ROUND);
        FloatVector r = n.fma(FloatVector.broadcast(Lanes.S, -LN2_HIGH), x);
        r = n.fma(FloatVector.broadcast(Lanes.S, -LN2_LOW), r);
        FloatVector q = r.fma(FloatVector.broadcast(Lanes.S, C7), FloatVector.broadcast(Lanes.S, C6));
        q = q.fma(r, FloatVector.broadcast(Lanes.S, C5));
        q = q.fma(r, FloatVector.broadcast(Lanes.S, C4));
        q = q.fma(r, FloatVector.broadcast(Lanes.S, C3));
        q = q.fma(r, FloatVector.broadcast(Lanes.S, C2));
        q = q.fma(r.mul(r), r).add(1f);
        IntVector power = t.reinterpretAsInts().add(BIAS).lanewise(VectorOperators.LSHL, 23);
        return q.mul(power.reinterpretAsFloats()).mul(2f);
    }

    /** The scalar twin. */
    static float of(float v) {
        float x = v < LOWEST ? LOWEST : v;
        x = x > HIGHEST ? HIGHEST : x;
        float t = Math.fma(x, LOG2_E, ROUND);
        float n = t - ROUND;
        float r = Math.fma(n, -LN2_HIGH, x);
        r = Math.fma(n, -LN2_LOW, r);
        float q = Math.fma(r, C7, C6);
        q = Math.fma(q, r, C5);
        q = Math.fma(q, r, C4);
        q = Math.fma(q, r, C3);
        q = Math.fma(q, r, C2);
        q = Math.fma(q, r * r, r) + 1f;
        return q * Float.intBitsToFloat((Float.floatToRawIntBits(t) + BIAS) << 23) * 2f;
    }
}
