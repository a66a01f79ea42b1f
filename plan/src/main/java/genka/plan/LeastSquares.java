package genka.plan;

import java.util.function.ToDoubleFunction;

/**
 * Levenberg–Marquardt on robust residuals (Huber) with a normal prior on each parameter. Parameters are logarithms, so constants stay
 * positive and a spread is a ratio.
 */
final class LeastSquares {
    private static final double STEP = 1e-3;
    private static final double LARGEST_MOVE = 0.7;

    /** Residuals of all rows for parameters. */
    interface Residuals {
        int rows();

        /** Fills {@code into} with one residual a row. */
        void at(double[] parameters, double[] into);

        /** Fills {@code into} with the derivatives by one parameter where they are known without trying; says whether they were. */
        default boolean derivative(int parameter, double[] into) {
            return false;
        }
    }

    private final Residuals residuals;
    private final double[] prior;
    private final double[] spread;
    private final double huber;
    private final double noise;

    /**
     * @param prior centres of the parameters
     * @param spread their standard deviations
     * @param huber residuals beyond this count linearly
     * @param noise standard deviation of a row that fits: how priors weigh against rows
     */
    LeastSquares(Residuals residuals, double[] prior, double[] spread, double huber, double noise) {
        this.residuals = residuals;
        this.prior = prior.clone();
        this.spread = spread.clone();
        this.huber = huber;
        this.noise = noise;
    }

    /** The parameters after at most {@code rounds} improvements of {@code start}, which decides how long it takes, not where it ends. */
    double[] fit(double[] start, int rounds) {
        int k = prior.length;
        int n = residuals.rows();
        double[] x = start.clone();
        double[] base = new double[n];
        residuals.at(x, base);
        double best = cost(x, base);
        double damping = 1e-2;
        double[][] jacobian = new double[k][n];
        for (int round = 0; round < rounds; round++) {
            fillJacobian(x, base, jacobian);
            double[][] normal = new double[k][k];
            double[] gradient = new double[k];
            accumulate(jacobian, base, x, normal, gradient);
            boolean improved = false;
            for (int attempt = 0; attempt < 8 && !improved; attempt++) {
                double[] next = moved(x, normal, gradient, damping);
                double[] then = new double[n];
                residuals.at(next, then);
                double cost = cost(next, then);
                improved = cost < best;
                if (improved) {
                    boolean done = (best - cost) / best < 2e-4;
                    best = cost;
                    x = next;
                    base = then;
                    damping = Math.max(1e-6, damping / 4);
                    if (done) {
                        return x;
                    }
                } else {
                    damping *= 4;
                }
            }
            if (!improved) {
                break;
            }
        }
        return x;
    }

    private void fillJacobian(double[] x, double[] base, double[][] jacobian) {
        double[] shifted = new double[base.length];
        for (int i = 0; i < x.length; i++) {
            if (residuals.derivative(i, jacobian[i])) {
                continue;
            }
            double old = x[i];
            x[i] = old + STEP;
            residuals.at(x, shifted);
            x[i] = old;
            for (int r = 0; r < base.length; r++) {
                jacobian[i][r] = (shifted[r] - base[r]) / STEP;
            }
        }
    }

    private void accumulate(double[][] jacobian, double[] base, double[] x, double[][] normal, double[] gradient) {
        int k = x.length;
        for (int i = 0; i < k; i++) {
            for (int j = i; j < k; j++) {
                double sum = 0;
                for (int r = 0; r < base.length; r++) {
                    sum += weight(base[r]) * jacobian[i][r] * jacobian[j][r];
                }
                normal[i][j] = sum;
                normal[j][i] = sum;
            }
            double sum = 0;
            for (int r = 0; r < base.length; r++) {
                sum += weight(base[r]) * jacobian[i][r] * base[r];
            }
            double stiffness = noise * noise / (spread[i] * spread[i]);
            gradient[i] = sum + stiffness * (x[i] - prior[i]);
            normal[i][i] += stiffness;
        }
    }

    private double weight(double residual) {
        return 1 / Math.max(1, Math.abs(residual) / huber);
    }

    private double cost(double[] x, double[] base) {
        ToDoubleFunction<Double> loss = e -> Math.abs(e) < huber ? e * e : 2 * huber * Math.abs(e) - huber * huber;
        double sum = 0;
        for (double each : base) {
            sum += loss.applyAsDouble(each);
        }
        for (int i = 0; i < x.length; i++) {
            double away = (x[i] - prior[i]) / spread[i];
            sum += noise * noise * away * away;
        }
        return sum;
    }

    private static double[] moved(double[] x, double[][] normal, double[] gradient, double damping) {
        int k = x.length;
        double[][] a = new double[k][];
        for (int i = 0; i < k; i++) {
            a[i] = normal[i].clone();
            a[i][i] = a[i][i] * (1 + damping) + 1e-12;
        }
        double[] step = solve(a, gradient.clone());
        double[] next = x.clone();
        for (int i = 0; i < k; i++) {
            next[i] -= Math.clamp(step[i], -LARGEST_MOVE, LARGEST_MOVE);
        }
        return next;
    }

    /** Gaussian elimination with row exchange; overwrites both. */
    private static double[] solve(double[][] a, double[] b) {
        int k = b.length;
        for (int i = 0; i < k; i++) {
            int pivot = i;
            for (int j = i + 1; j < k; j++) {
                pivot = Math.abs(a[j][i]) > Math.abs(a[pivot][i]) ? j : pivot;
            }
            double[] row = a[i];
            a[i] = a[pivot];
            a[pivot] = row;
            double value = b[i];
            b[i] = b[pivot];
            b[pivot] = value;
            for (int j = i + 1; j < k; j++) {
                double factor = a[j][i] / a[i][i];
                for (int l = i; l < k; l++) {
                    a[j][l] -= factor * a[i][l];
                }
                b[j] -= factor * b[i];
            }
        }
        for (int i = k - 1; i >= 0; i--) {
            for (int j = i + 1; j < k; j++) {
                b[i] -= a[i][j] * b[j];
            }
            b[i] /= a[i][i];
        }
        return b;
    }
}
