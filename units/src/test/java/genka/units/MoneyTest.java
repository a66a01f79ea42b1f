package genka.units;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Currency;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MoneyTest {
    @Test
    void sumsAreExactWhateverTheOrder() {
        Random random = new Random(3);
        List<Money> parts = new ArrayList<>();
        BigDecimal expected = BigDecimal.ZERO;
        for (int i = 0; i < 500; i++) {
            BigDecimal amount = BigDecimal.valueOf(random.nextLong(), random.nextInt(30));
            parts.add(Money.usd(amount));
            expected = expected.add(amount);
        }
        assertThat(Money.sum(Money.USD, parts).amount()).isEqualByComparingTo(expected);
        assertThat(Money.sum(Money.USD, parts.reversed())).isEqualTo(Money.sum(Money.USD, parts));
    }

    @Test
    void theHeadlineOfV3IsHoursTimesRent() {
        assertThat(Money.usd("2").times(new BigDecimal("2788000"))).hasToString("5576000.00 USD");
    }

    @Test
    void trailingZerosDoNotMatter() {
        assertThat(Money.usd("1.50")).isEqualTo(Money.usd("1.5")).hasSameHashCodeAs(Money.usd("1.5"));
        assertThat(Money.usd("0.000")).isEqualTo(Money.zero(Money.USD));
        assertThat(Money.usd("1E+3")).hasToString("1000.00 USD");
    }

    @Test
    void roundingIsTheCallers() {
        Money third = Money.usd("10").dividedBy(BigDecimal.valueOf(3), 6, RoundingMode.HALF_EVEN);
        assertThat(third.plain()).isEqualTo("3.333333");
        assertThat(third.toCents(RoundingMode.UP).plain()).isEqualTo("3.34");
        assertThatThrownBy(() -> third.toCents(RoundingMode.UNNECESSARY)).isInstanceOf(ArithmeticException.class);
    }

    @Test
    void currenciesDoNotMix() {
        Money yen = Money.zero(Currency.getInstance("JPY"));
        assertThatThrownBy(() -> Money.usd("1").plus(yen)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Money.usd("1").minus(yen)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Money.usd("1").compareTo(yen)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void moreIsGreater() {
        assertThat(Money.usd("2")).isGreaterThan(Money.usd("1.99")).isEqualByComparingTo(Money.usd("2.00"));
        assertThat(Money.usd("2").minus(Money.usd("3")))
                .isLessThan(Money.zero(Money.USD))
                .isEqualTo(Money.usd("1").negated());
    }
}
