package genka.kernel;

/** The definition of a matrix product: one chain of fused multiply-adds an element, in the order of k. */
final class NaiveGemm {
    private NaiveGemm() {}

    /** C[i, j] += sum over p of a[aAt + i aRow + p aColumn] b[bAt + p bRow + j bColumn]. */
    static void product(
            int m,
            int n,
            int k,
            float[] a,
            int aAt,
            int aRow,
            int aColumn,
            float[] b,
            int bAt,
            int bRow,
            int bColumn,
            float[] c,
            int cAt,
            int ldc,
            boolean accumulate) {
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                float sum = accumulate ? c[cAt + i * ldc + j] : 0;
                for (int p = 0; p < k; p++) {
                    sum = Math.fma(a[aAt + i * aRow + p * aColumn], b[bAt + p * bRow + j * bColumn], sum);
                }
                c[cAt + i * ldc + j] = sum;
            }
        }
    }
}
