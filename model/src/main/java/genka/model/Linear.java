package genka.model;

import genka.kernel.Gemm;
import genka.kernel.PackedMatrix;
import genka.kernel.SerialGemm;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * y = x Wᵀ with weight [out, in]; weights that lie side by side act as one. The only class that multiplies with weights. Rows of x, y
 * and their gradients start {@code ld} values apart. Methods that take a {@link SerialGemm} run on one thread, the others on the team.
 */
final class Linear {
    private final Gemm gemm;
    private final Parameters parameters;
    private final int offset;
    private final int in;
    private final int out;
    private @Nullable PackedMatrix forwardPack;
    private @Nullable PackedMatrix backwardPack;

    private Linear(Gemm gemm, Parameters parameters, int offset, int in, int out) {
        this.gemm = gemm;
        this.parameters = parameters;
        this.offset = offset;
        this.in = in;
        this.out = out;
    }

    /** The named matrices, which lie one after the other and take the same input. */
    static Linear of(Gemm gemm, Parameters parameters, String... names) {
        Parameters.Entry first = parameters.entry(names[0]);
        int in = first.shape().get(1);
        int end = first.offset();
        for (String name : names) {
            Parameters.Entry entry = parameters.entry(name);
            if (entry.offset() != end || entry.shape().get(1) != in) {
                throw new IllegalArgumentException(name + " does not follow the matrix before it");
            }
            end += entry.size();
        }
        return new Linear(gemm, parameters, first.offset(), in, (end - first.offset()) / in);
    }

    int in() {
        return in;
    }

    int out() {
        return out;
    }

    /** The values that a packed copy takes. */
    int packedSize() {
        return Math.max(PackedMatrix.size(in, out), PackedMatrix.size(out, in));
    }

    /** Where packed copies go: for {@link #packedForward} and for {@link #packedBackwardInput}, which may be one place. */
    void packInto(float[] forward, int forwardAt, float[] backward, int backwardAt) {
        forwardPack = new PackedMatrix(in, out, forward, forwardAt);
        backwardPack = new PackedMatrix(out, in, backward, backwardAt);
    }

    /** Copies the weight as {@link #packedForward} reads it. */
    void packForward() {
        Objects.requireNonNull(forwardPack).packTransposed(parameters.values(), offset, in);
    }

    /** Copies the weight as {@link #packedBackwardInput} reads it. */
    void packBackward() {
        Objects.requireNonNull(backwardPack).pack(parameters.values(), offset, in);
    }

    /** y = x Wᵀ with the copy that {@link #packForward} made. */
    void packedForward(
            SerialGemm serial, int rows, float[] x, int xAt, int ldx, float[] y, int yAt, int ldy, boolean accumulate) {
        serial.packed(rows, x, xAt, ldx, Objects.requireNonNull(forwardPack), y, yAt, ldy, accumulate);
    }

    /** dx = dy W with the copy that {@link #packBackward} made. */
    void packedBackwardInput(
            SerialGemm serial,
            int rows,
            float[] dy,
            int dyAt,
            int lddy,
            float[] dx,
            int dxAt,
            int lddx,
            boolean accumulate) {
        serial.packed(rows, dy, dyAt, lddy, Objects.requireNonNull(backwardPack), dx, dxAt, lddx, accumulate);
    }

    /** Makes the array of gradients, before tasks add to it. */
    void prepareGradients() {
        parameters.gradients();
    }

    void forward(int rows, float[] x, int xAt, int ldx, float[] y, int yAt, int ldy, boolean accumulate) {
        gemm.nt(rows, out, in, x, xAt, ldx, parameters.values(), offset, in, y, yAt, ldy, accumulate);
    }

    /** dx = dy W */
    void backwardInput(int rows, float[] dy, int dyAt, int lddy, float[] dx, int dxAt, int lddx, boolean accumulate) {
        gemm.nn(rows, in, out, dy, dyAt, lddy, parameters.values(), offset, in, dx, dxAt, lddx, accumulate);
    }

    /** dW += dyᵀ x */
    void backwardWeight(int rows, float[] x, int xAt, int ldx, float[] dy, int dyAt, int lddy) {
        gemm.tn(out, in, rows, dy, dyAt, lddy, x, xAt, ldx, parameters.gradients(), offset, in, true);
    }

    void forward(SerialGemm serial, int rows, float[] x, int xAt, int ldx, float[] y, int yAt, int ldy) {
        serial.nt(rows, out, in, x, xAt, ldx, parameters.values(), offset, in, y, yAt, ldy, false);
    }

    void backwardInput(SerialGemm serial, int rows, float[] dy, int dyAt, int lddy, float[] dx, int dxAt, int lddx) {
        serial.nn(rows, in, out, dy, dyAt, lddy, parameters.values(), offset, in, dx, dxAt, lddx, false);
    }

    /** dW += dyᵀ x for the weight's rows {@code from..to}; {@code dyAt} is that of output 0. */
    void backwardWeight(
            SerialGemm serial,
            int from,
            int to,
            int rows,
            float[] x,
            int xAt,
            int ldx,
            float[] dy,
            int dyAt,
            int lddy) {
        int at = offset + from * in;
        serial.tn(to - from, in, rows, dy, dyAt + from, lddy, x, xAt, ldx, parameters.gradients(), at, in, true);
    }

    /** y = x W[from..to]ᵀ: only these outputs. */
    void outputs(
            SerialGemm serial, int from, int to, int rows, float[] x, int xAt, int ldx, float[] y, int yAt, int ldy) {
        int at = offset + from * in;
        serial.nt(rows, to - from, in, x, xAt, ldx, parameters.values(), at, in, y, yAt, ldy, false);
    }

    /** x = y W[from..to]: these outputs back to the input, as the absorbed form of attention needs it. */
    void absorb(
            SerialGemm serial, int from, int to, int rows, float[] y, int yAt, int ldy, float[] x, int xAt, int ldx) {
        int at = offset + from * in;
        serial.nn(rows, in, to - from, y, yAt, ldy, parameters.values(), at, in, x, xAt, ldx, false);
    }
}
