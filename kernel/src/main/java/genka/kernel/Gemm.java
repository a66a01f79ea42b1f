package genka.kernel;

/** Float matrix products on a thread team. Matrices are row-major: array, offset of the first element, row stride. */
public final class Gemm {
    private final ThreadTeam team;
    private final SerialGemm[] serial;

    public Gemm(ThreadTeam team) {
        this.team = team;
        this.serial = new SerialGemm[team.threads()];
        for (int i = 0; i < serial.length; i++) {
            serial[i] = new SerialGemm();
        }
    }

    public ThreadTeam team() {
        return team;
    }

    /** The single-threaded products of one worker, for use inside a task of the team. */
    public SerialGemm serial(int worker) {
        return serial[worker];
    }

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
        serial[0].nn(m, n, k, a, aAt, lda, b, bAt, ldb, c, cAt, ldc, accumulate);
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
        serial[0].nt(m, n, k, a, aAt, lda, b, bAt, ldb, c, cAt, ldc, accumulate);
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
        serial[0].tn(m, n, k, a, aAt, lda, b, bAt, ldb, c, cAt, ldc, accumulate);
    }
}
