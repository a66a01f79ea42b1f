package genka.kernel;

/** Float matrix products on one thread, with pack buffers of its own. Not thread-safe. */
public final class SerialGemm {
    /** C[m, n] = A[m, k] B[k, n], added to C when {@code accumulate}. */
    public void nn(
            int m,
            int n,
            int k,
            float[] a,
            int aAt,
            int lda,
            float[] b,
            int bAt,
            int ldb,
            float[] c,
            int cAt,
            int ldc,
            boolean accumulate) {
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                float sum = accumulate ? c[cAt + i * ldc + j] : 0;
                for (int p = 0; p < k; p++) {
                    sum = Math.fma(a[aAt + i * lda + p], b[bAt + p * ldb + j], sum);
                }
                c[cAt + i * ldc + j] = sum;
            }
        }
    }

    /** C[m, n] = A[m, k] B[n, k]ᵀ, added to C when {@code accumulate}. */
    public void nt(
            int m,
            int n,
            int k,
            float[] a,
            int aAt,
            int lda,
            float[] b,
            int bAt,
            int ldb,
            float[] c,
            int cAt,
            int ldc,
            boolean accumulate) {
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                float sum = accumulate ? c[cAt + i * ldc + j] : 0;
                for (int p = 0; p < k; p++) {
                    sum = Math.fma(a[aAt + i * lda + p], b[bAt + j * ldb + p], sum);
                }
                c[cAt + i * ldc + j] = sum;
            }
        }
    }

    /** C[m, n] = A[k, m]ᵀ B[k, n], added to C when {@code accumulate}. */
    public void tn(
            int m,
            int n,
            int k,
            float[] a,
            int aAt,
            int lda,
            float[] b,
            int bAt,
            int ldb,
            float[] c,
            int cAt,
            int ldc,
            boolean accumulate) {
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                float sum = accumulate ? c[cAt + i * ldc + j] : 0;
                for (int p = 0; p < k; p++) {
                    sum = Math.fma(a[aAt + p * lda + i], b[bAt + p * ldb + j], sum);
                }
                c[cAt + i * ldc + j] = sum;
            }
        }
    }
}
