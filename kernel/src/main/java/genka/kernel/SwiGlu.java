package genka.kernel;

/** h = silu(gate) up, over rows {@code from..to} of [gate | up], each half {@code width} wide (row stride 2 width). */
public final class SwiGlu {
    private SwiGlu() {}

    public static void forward(int from, int to, int width, float[] gateUp, int guAt, float[] h, int hAt) {
        for (int r = from; r < to; r++) {
            for (int i = 0; i < width; i++) {
                float g = gateUp[guAt + r * 2 * width + i];
                float u = gateUp[guAt + r * 2 * width + width + i];
                h[hAt + r * width + i] = g / (1 + (float) Math.exp(-g)) * u;
            }
        }
    }

    /** Turns [gate | up] into their gradients in place, given dh. */
    public static void backward(int from, int to, int width, float[] gateUp, int guAt, float[] dh, int dhAt) {
        for (int r = from; r < to; r++) {
            for (int i = 0; i < width; i++) {
                int gAt = guAt + r * 2 * width + i;
                float g = gateUp[gAt];
                float u = gateUp[gAt + width];
                float d = dh[dhAt + r * width + i];
                float s = 1 / (1 + (float) Math.exp(-g));
                gateUp[gAt] = d * u * s * (1 + g * (1 - s));
                gateUp[gAt + width] = d * g * s;
            }
        }
    }
}
