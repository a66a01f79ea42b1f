package genka.model;

import genka.kernel.AlignedFloats;
import genka.kernel.DotKernels;
import genka.kernel.Gemm;
import genka.kernel.PackedMatrix;
import genka.kernel.RowSums;
import genka.kernel.SerialGemm;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * y = x Wᵀ with weight [out, in]; weights that lie side by side act as one. The only class, with {@link PackedLinear}, that multiplies
 * with weights. Rows of x, y and their gradients start {@code ld} values apart. Methods that take a {@link SerialGemm} run on one
 * thread, the others on the team.
 */
class Linear {
    final Gemm gemm;
    final Parameters parameters;

    /** Where the weight begins among the parameters' values. */
    final int offset;

    private final int in;
    private final int out;
    private @Nullable PackedMatrix forwardPack;
    private @Nullable PackedMatrix backwardPack;

    /** @param matrices one after the other */
    Linear(Gemm gemm, Parameters parameters, List<Parameters.Entry> matrices) {
        this.gemm = gemm;
        this.parameters = parameters;
        this.offset = matrices.getFirst().offset();
        this.in = matrices.getFirst().shape().get(1);
        Parameters.Entry last = matrices.getLast();
        this.out = (last.offset() + last.size() - offset) / in;
    }

    /** The named matrices, which lie one after the other and take the same input; in FP8 where the parameters are simulated so. */
    static Linear of(Gemm gemm, Parameters parameters, String... names) {
        List<Parameters.Entry> matrices = matrices(parameters, names);
        return parameters.inFp8() ? new Fp8Linear(gemm, parameters, matrices) : new Linear(gemm, parameters, matrices);
    }

    /** One that is float whatever the others are: head and router, which FP8 training leaves alone (arXiv 2412.19437 §3.3.1). */
    static Linear inFloat(Gemm gemm, Parameters parameters, String name) {
        return new Linear(gemm, parameters, matrices(parameters, name));
    }

    private static List<Parameters.Entry> matrices(Parameters parameters, String... names) {
        List<Parameters.Entry> matrices = new ArrayList<>();
        for (String name : names) {
            Parameters.Entry entry = parameters.entry(name);
            if (!matrices.isEmpty() && !follows(entry, matrices.getLast())) {
                throw new IllegalArgumentException(name + " does not follow the matrix before it");
            }
            matrices.add(entry);
        }
        return matrices;
    }

    private static boolean follows(Parameters.Entry entry, Parameters.Entry last) {
        return entry.offset() == last.offset() + last.size()
                && entry.shape().get(1).equals(last.shape().get(1));
    }

    final int in() {
        return in;
    }

    final int out() {
        return out;
    }

    /** The values that a packed copy takes. */
    int packedSize() {
        return Math.max(PackedMatrix.size(in, out), PackedMatrix.size(out, in));
    }

    /** Where packed copies go: for {@link #packedForward} and for {@link #packedBackwardInput}, which may be one place. */
    void packInto(AlignedFloats forward, int forwardAt, AlignedFloats backward, int backwardAt) {
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

    /** y = x W[from..to]ᵀ for few rows, on the calling thread: the weight is read once, as it lies. {@code yAt} is that of output 0. */
    void stream(
            int from, int to, int rows, float[] x, int xAt, int ldx, float[] y, int yAt, int ldy, boolean accumulate) {
        int at = offset + from * in;
        DotKernels.nt(rows, to - from, in, x, xAt, ldx, parameters.values(), at, in, y, yAt + from, ldy, accumulate);
    }

    /** x = y W[from..to] of one row, on the calling thread; {@code yAt} is that of output {@code from}. */
    void streamBack(int from, int to, float[] y, int yAt, float[] x, int xAt) {
        RowSums.of(to - from, in, y, yAt, parameters.values(), offset + from * in, in, x, xAt);
    }

    /** A packed copy of outputs {@code from..to}, for y = x W[from..to]ᵀ. */
    PackedLinear packed(int from, int to) {
        return PackedLinear.forward(parameters, offset + from * in, to - from, in);
    }

    PackedLinear packed() {
        return packed(0, out);
    }

    /** A packed copy of outputs {@code from..to}, for x = y W[from..to]. */
    PackedLinear packedBack(int from, int to) {
        return PackedLinear.back(parameters, offset + from * in, to - from, in);
    }
}
