package genka.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SpreadsTest {
    /** Residuals of that many rows a group, one value each. */
    private static List<Spreads.Residual> residuals(int rowsOfFirst, double... values) {
        List<Spreads.Residual> residuals = new ArrayList<>();
        for (int group = 0; group < values.length; group++) {
            for (int row = 0; row < (group == 0 ? rowsOfFirst : 1); row++) {
                residuals.add(new Spreads.Residual("dense", "group " + group, values[group]));
            }
        }
        return residuals;
    }

    @Test
    void aGroupOfManyRowsCountsAsOne() {
        double[] values = {0.3, -0.2, -0.1, 0, 0.1, 0.2, -0.3, 0.05, -0.05};
        Spreads.Spread few = Spreads.spread(residuals(1, values));
        Spreads.Spread many = Spreads.spread(residuals(1000, values));
        assertThat(many.low()).isCloseTo(few.low(), within(0.1));
        assertThat(many.high()).isCloseTo(few.high(), within(0.1));
        assertThat(many.rows()).isEqualTo(1008);
    }

    @Test
    void fewGroupsMakeAWiderRange() {
        Spreads.Spread two = Spreads.spread(residuals(1, -0.1, 0.1));
        double inside = Math.log(two.high() / two.low());
        assertThat(inside).isCloseTo(0.2 * Math.sqrt(2), within(1e-9));
    }

    @Test
    void eightOfTenGroupsLieInside() {
        double[] values = new double[101];
        for (int i = 0; i < values.length; i++) {
            values[i] = (i - 50) / 100.0;
        }
        Spreads.Spread spread = Spreads.spread(residuals(1, values));
        assertThat(Math.log(spread.low())).isCloseTo(-0.4, within(0.01));
        assertThat(Math.log(spread.high())).isCloseTo(0.4, within(0.01));
    }
}
