package genka.model;

import genka.kernel.Gemm;
import genka.kernel.SerialGemm;
import genka.model.Fp8Products.Layout;
import java.util.List;

/**
 * A linear map whose three products are those of FP8 training: output, gradient of the input, gradient of the weight (DeepSeek-V3, arXiv
 * 2412.19437 §3.3.1). Weights and sums of gradients stay float. A simulation: exact about numbers, and several times slower than float.
 */
final class Fp8Linear extends Linear {
    private final List<Parameters.Entry> matrices;

    Fp8Linear(Gemm gemm, Parameters parameters, List<Parameters.Entry> matrices) {
        super(gemm, parameters, matrices);
        this.matrices = matrices;
    }

    /** Weights are quantised for each product anew. */
    @Override
    void packForward() {}

    @Override
    void packBackward() {}

    @Override
    void packedForward(
            SerialGemm serial, int rows, float[] x, int xAt, int ldx, float[] y, int yAt, int ldy, boolean accumulate) {
        output(serial, rows, x, xAt, ldx, y, yAt, ldy, accumulate);
    }

    @Override
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
        inputGradient(serial, rows, dy, dyAt, lddy, dx, dxAt, lddx, accumulate);
    }

    @Override
    void forward(int rows, float[] x, int xAt, int ldx, float[] y, int yAt, int ldy, boolean accumulate) {
        output(gemm.serial(0), rows, x, xAt, ldx, y, yAt, ldy, accumulate);
    }

    @Override
    void backwardInput(int rows, float[] dy, int dyAt, int lddy, float[] dx, int dxAt, int lddx, boolean accumulate) {
        inputGradient(gemm.serial(0), rows, dy, dyAt, lddy, dx, dxAt, lddx, accumulate);
    }

    @Override
    void backwardWeight(int rows, float[] x, int xAt, int ldx, float[] dy, int dyAt, int lddy) {
        backwardWeight(gemm.serial(0), 0, out(), rows, x, xAt, ldx, dy, dyAt, lddy);
    }

    /** Sums over rows: tiles of x and of dy run along them. */
    @Override
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
        int outputs = to - from;
        float[] gradient = new float[rows * outputs];
        Fp8Tiles.alongColumns(rows, outputs, dy, dyAt + from, lddy, gradient);
        float[] input = new float[rows * in()];
        Fp8Tiles.alongColumns(rows, in(), x, xAt, ldx, input);
        float[] product = product(serial, Layout.TN, outputs, in(), rows, gradient, outputs, input);
        write(outputs, in(), product, parameters.gradients(), offset + from * in(), in(), true);
    }

    private void output(
            SerialGemm serial, int rows, float[] x, int xAt, int ldx, float[] y, int yAt, int ldy, boolean add) {
        float[] input = new float[rows * in()];
        Fp8Tiles.alongRows(rows, in(), x, xAt, ldx, input);
        write(rows, out(), product(serial, Layout.NT, rows, out(), in(), input, in(), weights()), y, yAt, ldy, add);
    }

    private void inputGradient(
            SerialGemm serial, int rows, float[] dy, int dyAt, int lddy, float[] dx, int dxAt, int lddx, boolean add) {
        float[] gradient = new float[rows * out()];
        Fp8Tiles.alongRows(rows, out(), dy, dyAt, lddy, gradient);
        float[] product = product(serial, Layout.NN, rows, in(), out(), gradient, out(), weights());
        write(rows, in(), product, dx, dxAt, lddx, add);
    }

    private float[] product(SerialGemm serial, Layout layout, int m, int n, int k, float[] a, int lda, float[] b) {
        return Fp8Products.product(serial, layout, m, n, k, a, 0, lda, b, 0, in(), Fp8Tiles.TILE);
    }

    /** [out, in] in blocks, which begin anew with each matrix. */
    private float[] weights() {
        float[] quantised = new float[out() * in()];
        for (Parameters.Entry matrix : matrices) {
            Fp8Tiles.blocks(
                    matrix.shape().get(0),
                    in(),
                    parameters.values(),
                    matrix.offset(),
                    quantised,
                    matrix.offset() - offset);
        }
        return quantised;
    }

    private static void write(int rows, int columns, float[] from, float[] to, int at, int ld, boolean accumulate) {
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                int place = at + row * ld + column;
                to[place] = (accumulate ? to[place] : 0) + from[row * columns + column];
            }
        }
    }
}
