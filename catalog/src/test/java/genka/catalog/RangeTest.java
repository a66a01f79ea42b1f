package genka.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RangeTest {
    @ParameterizedTest
    @CsvSource({
        "7, 7",
        "-7, -7",
        "+7, 7",
        "007, 7",
        "10_000, 10000",
        "1_0.5, 10.5",
        "4e-3, 0.004",
        "1E+2, 100",
        "2., 2",
        ".5, 0.5",
        "-.5e1, -5",
        "1.e5, 100000"
    })
    void numbersAreReadAsYamlWritesThem(String text, double number) {
        assertThat(Range.number(text)).contains(number);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", ".", "1.5.", "1.5.e3", "1..5", "_1", "1_", "1,5", "1e", "e5", "0x10", "NaN", "1 2", "١"})
    void whatIsNoNumberIsNone(String text) {
        assertThat(Range.number(text)).isEmpty();
    }

    /** Limits count, where they are included. */
    @ParameterizedTest
    @CsvSource({"0, true", "1, true", "-0.001, false", "1.001, false", "NaN, false"})
    void aShareIsFromNoneToAll(double value, boolean holds) {
        assertThat(Range.SHARE.broken(value).isEmpty()).isEqualTo(holds);
    }

    @ParameterizedTest
    @CsvSource({
        "-3, must be positive. Maybe you meant 3?",
        "0, must be positive",
        "1e19, must be at most 9.223372036854776E18"
    })
    void whatIsOutOfRangeGetsItsRule(double value, String words) {
        assertThat(Range.POSITIVE.broken(value)).contains(words);
        assertThat(Range.ABOVE_ZERO.broken(0)).contains("must be above 0");
        assertThat(Range.BELOW_ONE.broken(1)).contains("must be 0 or more and below 1");
        assertThat(Range.BELOW_ONE.broken(Math.nextDown(1.0))).isEmpty();
    }
}
