package genka.model;

import genka.kernel.Gemm;
import genka.kernel.PackedMatrix;
import genka.kernel.SerialGemm;

/** A copy of a {@link Linear}, or of some of its outputs, packed for the many products of a rollout. Stale until {@link #pack}. */
final class PackedLinear {
    private final Parameters parameters;
    private final int offset;
    private final int stride;
    private final boolean transposed;
    private final PackedMatrix matrix;

    private PackedLinear(Parameters parameters, int offset, int stride, boolean transposed, PackedMatrix matrix) {
        this.parameters = parameters;
        this.offset = offset;
        this.stride = stride;
        this.transposed = transposed;
        this.matrix = matrix;
    }

    /** For y = x Wᵀ with the weight [out, in] at {@code offset}. */
    static PackedLinear forward(Parameters parameters, int offset, int out, int in) {
        return new PackedLinear(parameters, offset, in, true, new PackedMatrix(in, out));
    }

    /** For x = y W with the weight [out, in] at {@code offset}. */
    static PackedLinear back(Parameters parameters, int offset, int out, int in) {
        return new PackedLinear(parameters, offset, in, false, new PackedMatrix(out, in));
    }

    int in() {
        return matrix.k();
    }

    int out() {
        return matrix.n();
    }

    /** Values of the weight. */
    int size() {
        return matrix.k() * matrix.n();
    }

    /**
     * Copies the weight as it is now.
     *
     * @param far it will lie in no near cache when it is used
     */
    void pack(boolean far) {
        matrix.far(far);
        if (transposed) {
            matrix.packTransposed(parameters.values(), offset, stride);
        } else {
            matrix.pack(parameters.values(), offset, stride);
        }
    }

    /** y [rows, out] of x [rows, in], added to y when {@code accumulate}; on the calling thread. */
    void apply(
            SerialGemm serial, int rows, float[] x, int xAt, int ldx, float[] y, int yAt, int ldy, boolean accumulate) {
        serial.packed(rows, x, xAt, ldx, matrix, y, yAt, ldy, accumulate);
    }

    /** y [rows, out] of x [rows, in], on the team. */
    void apply(Gemm gemm, int rows, float[] x, int xAt, int ldx, float[] y, int yAt, int ldy) {
        gemm.packed(rows, x, xAt, ldx, matrix, y, yAt, ldy, false);
    }
}
