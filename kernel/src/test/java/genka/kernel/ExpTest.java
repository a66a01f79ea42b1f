package genka.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;

class ExpTest {
    @Test
    void staysWithinTwoUnitsInTheLastPlace() {
        double worst = 0;
        for (float x = -86.5f; x < 88.72f; x += 0.00037f) {
            double exact = Math.exp(x);
            worst = Math.max(worst, Math.abs(Exp.of(x) - exact) / Math.ulp((float) exact));
        }
        assertThat(worst).isLessThan(2);
    }

    @Test
    void vectorAndScalarAgreeToTheBit() {
        float[] edges = {
            0f,
            -0f,
            1f,
            -1f,
            88.72f,
            88.73f,
            100f,
            Float.POSITIVE_INFINITY,
            -86.9f,
            -87.4f,
            -200f,
            Float.NEGATIVE_INFINITY,
            Float.NaN,
            Float.MIN_VALUE,
            Float.MAX_VALUE,
            -Float.MAX_VALUE
        };
        float[] out = new float[Lanes.COUNT];
        for (int round = 0; round < 3000; round++) {
            float[] in = new float[Lanes.COUNT];
            SeededRandom random = SeededRandom.of(3, round);
            for (int i = 0; i < in.length; i++) {
                in[i] = round < 4
                        ? edges[(round * in.length + i) % edges.length]
                        : (float) (random.nextGaussian() * 40);
            }
            Exp.of(FloatVector.fromArray(Lanes.S, in, 0)).intoArray(out, 0);
            for (int i = 0; i < in.length; i++) {
                assertThat(out[i]).as("exp(%s)", in[i]).isEqualTo(Float.valueOf(Exp.of(in[i])));
            }
        }
    }

    @Test
    void endsAreZeroAndInfinity() {
        assertThat(Exp.of(-200f)).isZero();
        assertThat(Exp.of(Float.NEGATIVE_INFINITY)).isZero();
        assertThat(Exp.of(89f)).isEqualTo(Float.POSITIVE_INFINITY);
        assertThat(Exp.of(88.7f)).isFinite();
        assertThat(Exp.of(Float.NaN)).isNaN();
        assertThat(Exp.of(0f)).isEqualTo(1f);
    }
}
