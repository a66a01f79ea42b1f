package genka.kernel;

/** Element-wise helpers and fixed-order sums over float ranges. */
public final class Vectors {
    private Vectors() {}

    /** y += x. */
    public static void add(int n, float[] x, int xAt, float[] y, int yAt) {
        for (int i = 0; i < n; i++) {
            y[yAt + i] += x[xAt + i];
        }
    }

    /** y += alpha x. */
    public static void axpy(int n, float alpha, float[] x, int xAt, float[] y, int yAt) {
        for (int i = 0; i < n; i++) {
            y[yAt + i] = Math.fma(alpha, x[xAt + i], y[yAt + i]);
        }
    }

    public static float dot(int n, float[] x, int xAt, float[] y, int yAt) {
        float sum = 0;
        for (int i = 0; i < n; i++) {
            sum = Math.fma(x[xAt + i], y[yAt + i], sum);
        }
        return sum;
    }

    /** x *= alpha. */
    public static void scale(int n, float alpha, float[] x, int xAt) {
        for (int i = 0; i < n; i++) {
            x[xAt + i] *= alpha;
        }
    }

    /** The sum of squares of x, added up in blocks of a fixed size, so that it is the same at any thread count. */
    public static double sumSquares(ThreadTeam team, float[] x, int at, int n) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += (double) x[at + i] * x[at + i];
        }
        return sum;
    }
}
