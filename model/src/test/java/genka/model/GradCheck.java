package genka.model;

import static org.assertj.core.api.Assertions.assertThat;

import genka.kernel.SeededRandom;
import java.util.function.DoubleSupplier;

/** Compares gradients with central finite differences of fourth order at sampled places. */
final class GradCheck {
    private static final float STEP = 0.02f;
    private static final int SAMPLES = 24;

    private double worst;
    private final DoubleSupplier loss;

    GradCheck(DoubleSupplier loss) {
        this.loss = loss;
    }

    /** Values at..at+size of {@code point} against {@code gradient}, which begins at {@code gradientAt}. */
    void check(String what, float[] point, int at, int size, float[] gradient, int gradientAt) {
        SeededRandom random = SeededRandom.of(what.hashCode());
        double largest = 0;
        for (int i = 0; i < size; i++) {
            largest = Math.max(largest, Math.abs(gradient[gradientAt + i]));
        }
        for (int sample = 0; sample < Math.min(size, SAMPLES); sample++) {
            int i = size <= SAMPLES ? sample : random.nextInt(size);
            double numeric = slope(point, at + i);
            double error = Math.abs(numeric - gradient[gradientAt + i]) / Math.max(largest, 1e-3);
            assertThat(error)
                    .as("%s[%d]: finite difference %g, gradient %g", what, i, numeric, gradient[gradientAt + i])
                    .isLessThan(2e-3);
            worst = Math.max(worst, error);
        }
    }

    /** That the largest difference is less than that share of the largest value. */
    static void assertClose(float[] actual, float[] wanted, float tolerance) {
        float largest = 0;
        float worst = 0;
        for (int i = 0; i < wanted.length; i++) {
            largest = Math.max(largest, Math.abs(wanted[i]));
            worst = Math.max(worst, Math.abs(actual[i] - wanted[i]));
        }
        assertThat(worst).isLessThan(tolerance * largest);
    }

    private double slope(float[] point, int i) {
        float was = point[i];
        double near = difference(point, i, was, STEP);
        double far = difference(point, i, was, 2 * STEP);
        point[i] = was;
        return (4 * near - far) / 3;
    }

    private double difference(float[] point, int i, float was, float step) {
        point[i] = was + step;
        double above = loss.getAsDouble();
        double width = point[i];
        point[i] = was - step;
        width -= point[i];
        return (above - loss.getAsDouble()) / width;
    }

    /** Every trainable tensor of the model whose name begins so. */
    void checkWeights(Parameters parameters, String prefix) {
        for (Parameters.Entry entry : parameters.entries()) {
            if (entry.trainable() && entry.name().startsWith(prefix)) {
                check(
                        entry.name(),
                        parameters.values(),
                        entry.offset(),
                        entry.size(),
                        parameters.gradients(),
                        entry.offset());
            }
        }
    }

    double worst() {
        return worst;
    }
}
