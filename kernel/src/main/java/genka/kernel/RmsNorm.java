package genka.kernel;

/** Root-mean-square normalisation, y = w x / sqrt(mean(x²) + eps), over rows {@code from..to} of {@code width} values. */
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
        for (int r = from; r < to; r++) {
            float sum = 0;
            for (int i = 0; i < width; i++) {
                float v = x[xAt + r * ldx + i];
                sum = Math.fma(v, v, sum);
            }
            float inv = (float) (1 / Math.sqrt(sum / width + eps));
            inverse[r] = inv;
            for (int i = 0; i < width; i++) {
                y[yAt + r * ldy + i] = x[xAt + r * ldx + i] * inv * weight[wAt + i];
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
        for (int r = from; r < to; r++) {
            float inv = inverse[r];
            float dot = 0;
            for (int i = 0; i < width; i++) {
                dot = Math.fma(dy[dyAt + r * lddy + i] * weight[wAt + i], x[xAt + r * ldx + i], dot);
            }
            float c = dot * inv * inv / width;
            for (int i = 0; i < width; i++) {
                float g = inv * (dy[dyAt + r * lddy + i] * weight[wAt + i] - c * x[xAt + r * ldx + i]);
                int at = dxAt + r * lddx + i;
                dx[at] = accumulate ? dx[at] + g : g;
            }
        }
    }

    /** Adds the weight's gradient of columns {@code fromColumn..toColumn}, summed over all rows in order. */
    public static void weightGradient(
            int fromColumn,
            int toColumn,
            int rows,
            float[] x,
            int xAt,
            int ldx,
            float[] inverse,
            float[] dy,
            int dyAt,
            int lddy,
            float[] dWeight,
            int dwAt) {
        for (int r = 0; r < rows; r++) {
            for (int i = fromColumn; i < toColumn; i++) {
                dWeight[dwAt + i] += dy[dyAt + r * lddy + i] * x[xAt + r * ldx + i] * inverse[r];
            }
        }
    }
}
