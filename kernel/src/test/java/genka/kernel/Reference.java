package genka.kernel;

/** Scalar twins of the element-wise kernels: the same operations in the same order, lane sums included, so results are equal to the bit. */
final class Reference {
    private Reference() {}

    static float dot(int n, float[] x, int xAt, float[] y, int yAt) {
        float[] sums = new float[Lanes.COUNT];
        for (int i = 0; i < n; i++) {
            sums[i % sums.length] = Math.fma(x[xAt + i], y[yAt + i], sums[i % sums.length]);
        }
        return Lanes.sum(sums);
    }

    static void softmax(int width, float scale, float[] x, int at) {
        float max = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < width; i++) {
            max = Math.max(max, x[at + i]);
        }
        float[] sums = new float[Lanes.COUNT];
        for (int i = 0; i < width; i++) {
            x[at + i] = Exp.of((x[at + i] - max) * scale);
            sums[i % sums.length] += x[at + i];
        }
        float inverse = 1 / Lanes.sum(sums);
        for (int i = 0; i < width; i++) {
            x[at + i] *= inverse;
        }
    }

    static void causalSoftmax(
            int from,
            int count,
            int keys,
            float scale,
            float[] scores,
            int ld,
            float[] blocks,
            int blockStep,
            float[] largest,
            float[] inverseSums) {
        for (int c = 0; c < count; c++) {
            float max = Float.NEGATIVE_INFINITY;
            for (int key = 0; key <= from + c; key++) {
                max = Math.max(max, scores[key * ld + c]);
            }
            largest[c] = max * scale;
            float sum = 0;
            int block = c / SerialGemm.COLUMN_BLOCK;
            int seen = Math.min(keys, from + (block + 1) * SerialGemm.COLUMN_BLOCK);
            for (int key = 0; key < seen; key++) {
                float e = key <= from + c ? Exp.of(scores[key * ld + c] * scale - largest[c]) : 0;
                blocks[blockPlace(c, key, blockStep)] = e;
                sum += e;
            }
            inverseSums[c] = 1 / sum;
            for (int key = 0; key < seen; key++) {
                blocks[blockPlace(c, key, blockStep)] *= inverseSums[c];
            }
        }
    }

    static void causalSoftmaxBackward(
            int fromKey,
            int toKey,
            int from,
            int skipped,
            int count,
            float scale,
            float[] scores,
            float[] dp,
            int ld,
            float[] blocks,
            int blockStep,
            float[] largest,
            float[] inverseSums,
            float[] dots) {
        for (int key = fromKey; key < toKey; key++) {
            for (int c = skipped; c < count; c++) {
                int at = (key - fromKey) * ld + c - skipped;
                boolean sees = key <= from + c;
                float p = (sees ? Exp.of(scores[at] * scale - largest[c]) : 0) * inverseSums[c];
                scores[at] = p;
                dp[at] = p * scale * (dp[at] - dots[c]);
                blocks[blockPlace(c, key, blockStep)] = dp[at];
            }
        }
    }

    private static int blockPlace(int column, int key, int blockStep) {
        int block = SerialGemm.COLUMN_BLOCK;
        return column / block * blockStep + key * block + column % block;
    }

    static void logProbs(
            int from,
            int to,
            int vocab,
            float[] logits,
            int[] targets,
            float[] logProb,
            float[] entropy,
            float[] logSum) {
        for (int r = from; r < to; r++) {
            int at = r * vocab;
            float max = Float.NEGATIVE_INFINITY;
            for (int i = 0; i < vocab; i++) {
                max = Math.max(max, logits[at + i]);
            }
            float[] sums = new float[Lanes.COUNT];
            float[] weighted = new float[Lanes.COUNT];
            for (int i = 0; i < vocab; i++) {
                int lane = i % sums.length;
                float x = Math.max(logits[at + i] - max, Exp.LOWEST);
                float e = Exp.of(x);
                sums[lane] += e;
                weighted[lane] = Math.fma(e, x, weighted[lane]);
            }
            double sum = Lanes.sum(sums);
            double log = Math.log(sum);
            logSum[r] = (float) (max + log);
            logProb[r] = targets[r] < 0 ? 0 : (float) (logits[at + targets[r]] - (double) max - log);
            entropy[r] = targets[r] < 0 ? 0 : (float) (log - Lanes.sum(weighted) / sum);
        }
    }

    static void logitGradient(
            int from, int to, int vocab, float[] logits, int[] targets, float[] logSum, float[] weight) {
        for (int r = from; r < to; r++) {
            boolean ignored = targets[r] < 0 || weight[r] == 0;
            for (int i = r * vocab; i < (r + 1) * vocab; i++) {
                logits[i] = ignored ? 0 : Exp.of(logits[i] - logSum[r]) * -weight[r];
            }
            if (!ignored) {
                logits[r * vocab + targets[r]] += weight[r];
            }
        }
    }

    static void swiGlu(int from, int to, int width, float[] gateUp, int guAt, float[] h, int hAt) {
        for (int r = from; r < to; r++) {
            for (int i = 0; i < width; i++) {
                float g = gateUp[guAt + r * 2 * width + i];
                h[hAt + r * width + i] = g / (Exp.of(-g) + 1) * gateUp[guAt + r * 2 * width + width + i];
            }
        }
    }

    static void swiGluBackward(
            int from, int to, int width, float[] gateUp, int guAt, float[] dh, int dhAt, float[] h, int hAt) {
        for (int r = from; r < to; r++) {
            for (int i = 0; i < width; i++) {
                int at = guAt + r * 2 * width + i;
                float g = gateUp[at];
                float u = gateUp[at + width];
                float d = dh[dhAt + r * width + i];
                float s = 1 / (Exp.of(-g) + 1);
                h[hAt + r * width + i] = g * s * u;
                gateUp[at] = d * u * s * Math.fma(g, 1 - s, 1f);
                gateUp[at + width] = d * (g * s);
            }
        }
    }

    static void rmsNorm(
            int from,
            int to,
            int width,
            float eps,
            float[] x,
            int xAt,
            int ldx,
            float[] w,
            int wAt,
            float[] y,
            int yAt,
            int ldy,
            float[] inverse) {
        for (int r = from; r < to; r++) {
            int in = xAt + r * ldx;
            float inv = (float) (1 / Math.sqrt(dot(width, x, in, x, in) / width + eps));
            inverse[r] = inv;
            for (int i = 0; i < width; i++) {
                y[yAt + r * ldy + i] = x[in + i] * inv * w[wAt + i];
            }
        }
    }

    static void rmsNormBackward(
            int from,
            int to,
            int width,
            float[] x,
            int xAt,
            int ldx,
            float[] w,
            int wAt,
            float[] inverse,
            float[] dy,
            int dyAt,
            int lddy,
            float[] dx,
            int dxAt,
            int lddx,
            boolean accumulate) {
        float[] g = new float[width];
        for (int r = from; r < to; r++) {
            for (int i = 0; i < width; i++) {
                g[i] = dy[dyAt + r * lddy + i] * w[wAt + i];
            }
            float c = dot(width, g, 0, x, xAt + r * ldx) * inverse[r] * inverse[r] / width;
            for (int i = 0; i < width; i++) {
                float d = Math.fma(-c, x[xAt + r * ldx + i], g[i]) * inverse[r];
                int at = dxAt + r * lddx + i;
                dx[at] = accumulate ? d + dx[at] : d;
            }
        }
    }

    static void rmsNormWeightGradient(
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
            float[] dw,
            int dwAt) {
        for (int i = 0; i < width; i++) {
            dw[dwAt + i] = 0;
            for (int r = from; r < to; r++) {
                dw[dwAt + i] = Math.fma(dy[dyAt + r * lddy + i] * x[xAt + r * ldx + i], inverse[r], dw[dwAt + i]);
            }
        }
    }

    static void rotate(
            int from,
            int to,
            int heads,
            int pairs,
            float[] x,
            int at,
            int rowStride,
            int headStride,
            int[] positions,
            float[] cos,
            float[] sin,
            boolean inverse) {
        for (int r = from; r < to; r++) {
            for (int h = 0; h < heads; h++) {
                for (int i = 0; i < pairs; i++) {
                    int first = at + r * rowStride + h * headStride + 2 * i;
                    float c = cos[positions[r] * pairs + i];
                    float s = sin[positions[r] * pairs + i] * (inverse ? -1 : 1);
                    float a = x[first];
                    float b = x[first + 1];
                    x[first] = Math.fma(b, -s, a * c);
                    x[first + 1] = Math.fma(a, s, b * c);
                }
            }
        }
    }

    static void adamW(
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
        float shrink = (float) (rate * decay);
        for (int i = from; i < to; i++) {
            float grad = g[i] * (float) clip;
            m[i] = Math.fma((float) beta1, m[i], grad * (float) (1 - beta1));
            v[i] = Math.fma((float) beta2, v[i], grad * grad * (float) (1 - beta2));
            float w = Math.fma(-shrink, p[i], p[i]);
            p[i] = Math.fma(-size, m[i] / ((float) Math.sqrt(v[i]) * root + (float) eps), w);
        }
    }
}
