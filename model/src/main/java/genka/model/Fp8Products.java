package genka.model;

import genka.kernel.SerialGemm;

/**
 * Matrix products summed as Hopper's tensor cores do for FP8 (DeepSeek-V3, arXiv 2412.19437 §3.3.2): an instruction takes 32 values of
 * each operand, its sum keeps about 14 bits, and every 128 values the sum is added to one in float. C is [m, n], dense; operands have
 * been through {@link Fp8Tiles}. How products are aligned inside an instruction is not simulated: they are summed in float.
 */
final class Fp8Products {
    /** Values an instruction sums. */
    private static final int INSTRUCTION = 32;

    /** Bits of a float's mantissa that the tensor core's accumulator does not keep: 24 − 14. */
    private static final int LOST_BITS = 10;

    /** Which operands' rows the sum runs along. */
    enum Layout {
        /** A[m, k] B[k, n] */
        NN,
        /** A[m, k] B[n, k]ᵀ */
        NT,
        /** A[k, m]ᵀ B[k, n] */
        TN
    }

    private Fp8Products() {}

    /**
     * The product, promoted each {@code every} values of k.
     *
     * @param lda values from one row of A to the next, in the order of its dimensions as the layout names them
     */
    static float[] product(
            SerialGemm serial,
            Layout layout,
            int m,
            int n,
            int k,
            float[] a,
            int aAt,
            int lda,
            float[] b,
            int bAt,
            int ldb,
            int every) {
        float[] sum = new float[m * n];
        float[] partial = new float[m * n];
        for (int from = 0; from < k; from += INSTRUCTION) {
            int count = Math.min(INSTRUCTION, k - from);
            boolean goesOn = from % every != 0;
            switch (layout) {
                case NN -> serial.nn(m, n, count, a, aAt + from, lda, b, bAt + from * ldb, ldb, partial, 0, n, goesOn);
                case NT -> serial.nt(m, n, count, a, aAt + from, lda, b, bAt + from, ldb, partial, 0, n, goesOn);
                case TN ->
                    serial.tn(m, n, count, a, aAt + from * lda, lda, b, bAt + from * ldb, ldb, partial, 0, n, goesOn);
            }
            truncate(partial);
            if ((from + count) % every == 0 || from + count == k) {
                for (int i = 0; i < sum.length; i++) {
                    sum[i] += partial[i];
                }
            }
        }
        return sum;
    }

    private static void truncate(float[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] = Float.intBitsToFloat(Float.floatToRawIntBits(values[i]) & -(1 << LOST_BITS));
        }
    }
}
