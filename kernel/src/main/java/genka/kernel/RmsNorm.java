package genka.kernel;

import static genka.kernel.Lanes.S;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Root-mean-square normalisation (Zhang and Sennrich 2019), y = w x / sqrt(mean(x²) + eps), over rows {@code from..to} of
 * {@code width} values.
 */
public final class RmsNorm {
    private RmsNorm() {}

    /** x rows at {@code xAt + row * ldx}; y likewise. Keeps the reciprocal root of each row in {@code inverse[row]}. */
    public static void forward(
            int from,
            int to,
            int width,
            float eps,
            float[] x,
            int xAt,
            int ldx,
            float[] weight,
            int wAt,
            float[] y,
            int yAt,
            int ldy,
            float[] inverse) {
        int whole = S.loopBound(width);
        VectorMask<Float> rest = S.indexInRange(whole, width);
        for (int r = from; r < to; r++) {
            int in = xAt + r * ldx;
            int out = yAt + r * ldy;
            float sum = Vectors.dot(width, x, in, x, in);
            float inv = (float) (1 / Math.sqrt(sum / width + eps));
            inverse[r] = inv;
            for (int i = 0; i < whole; i += Lanes.COUNT) {
                FloatVector w = FloatVector.fromArray(S, weight, wAt + i);
                FloatVector.fromArray(S, x, in + i).mul(inv).mul(w).intoArray(y, out + i);
            }
            if (whole < width) {
                FloatVector w = FloatVector.fromArray(S, weight, wAt + whole, rest);
                FloatVector.fromArray(S, x, in + whole, rest).mul(inv).mul(w).intoArray(y, out + whole, rest);
            }
        }
    }

    /** dx of rows {@code from..to} from dy, the inputs and the kept reciprocal roots; added to dx when {@code accumulate}. */
    public static void backward(
            int from,
            int to,
            int width,
            float[] x,
            int xAt,
            int ldx,
            float[] weight,
            int wAt,
            float[] inverse,
            float[] dy,
            int dyAt,
            int lddy,
            float[] dx,
            int dxAt,
            int lddx,
            boolean accumulate) {
        int whole = S.loopBound(width);
        VectorMask<Float> rest = S.indexInRange(whole, width);
        FloatVector zero = FloatVector.zero(S);
        for (int r = from; r < to; r++) {
            int in = xAt + r * ldx;
            int up = dyAt + r * lddy;
            int out = dxAt + r * lddx;
            float inv = inverse[r];
            FloatVector dots = zero;
            for (int i = 0; i < whole; i += Lanes.COUNT) {
                FloatVector g = FloatVector.fromArray(S, dy, up + i).mul(FloatVector.fromArray(S, weight, wAt + i));
                dots = g.fma(FloatVector.fromArray(S, x, in + i), dots);
            }
            if (whole < width) {
                FloatVector g = FloatVector.fromArray(S, dy, up + whole, rest)
                        .mul(FloatVector.fromArray(S, weight, wAt + whole, rest));
                dots = g.fma(FloatVector.fromArray(S, x, in + whole, rest), dots);
            }
            FloatVector minusC = FloatVector.broadcast(S, -(Lanes.sum(dots) * inv * inv / width));
            for (int i = 0; i < whole; i += Lanes.COUNT) {
                FloatVector g = FloatVector.fromArray(S, dy, up + i).mul(FloatVector.fromArray(S, weight, wAt + i));
                g = minusC.fma(FloatVector.fromArray(S, x, in + i), g).mul(inv);
                g = accumulate ? g.add(FloatVector.fromArray(S, dx, out + i)) : g;
                g.intoArray(dx, out + i);
            }
            if (whole < width) {
                FloatVector g = FloatVector.fromArray(S, dy, up + whole, rest)
                        .mul(FloatVector.fromArray(S, weight, wAt + whole, rest));
                g = minusC.fma(FloatVector.fromArray(S, x, in + whole, rest), g).mul(inv);
                g = accumulate ? g.add(FloatVector.fromArray(S, dx, out + whole, rest)) : g;
                g.intoArray(dx, out + whole, rest);
            }
        }
    }

    /** The weight's gradient of rows {@code from..to}, summed in their order, written to {@code dWeight[dwAt .. dwAt + width]}. */
    public static void weightGradient(
            int from,
            int to,
            int width,
            float[] x,
            int xAt,
            int ldx,
            float[] inverse,
            float[] dy,
            int dyAt,
            int lddy,
            float[] dWeight,
            int dwAt) {
        int i = 0;
        for (; i <= width - Lanes.COUNT; i += Lanes.COUNT) {
            FloatVector sum = FloatVector.zero(S);
            for (int r = from; r < to; r++) {
                FloatVector product = FloatVector.fromArray(S, dy, dyAt + r * lddy + i)
                        .mul(FloatVector.fromArray(S, x, xAt + r * ldx + i));
                sum = product.fma(FloatVector.broadcast(S, inverse[r]), sum);
            }
            sum.intoArray(dWeight, dwAt + i);
        }
        for (; i < width; i++) {
            float sum = 0;
            for (int r = from; r < to; r++) {
                sum = Math.fma(dy[dyAt + r * lddy + i] * x[xAt + r * ldx + i], inverse[r], sum);
            }
            dWeight[dwAt + i] = sum;
        }
    }
}
