package genka.units;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WordsTest {
    @ParameterizedTest
    @CsvSource({
        "0.04, 0.0 s",
        "9.94, 9.9 s",
        "9.96, 10 s",
        "59.4, 59 s",
        "59.6, 1 min 00 s",
        "185, 3 min 05 s",
        "3599.7, 1 h 00 min",
        "7620, 2 h 07 min",
        "NaN, –"
    })
    void durationsUseTheUnitThatFits(double seconds, String expected) {
        assertThat(Words.duration(seconds)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "999, 999", "999.6, 1000", "1000, 1.00 k", "14234, 14.2 k", "999600, 1.00 M", "671e9, 671 G"})
    void countsHaveThreeDigits(double number, String expected) {
        assertThat(Words.count(number)).isEqualTo(expected);
    }

    @Test
    void sharesThatDoNotApplyAreADash() {
        assertThat(Words.percent(0.9765)).isEqualTo("97.7 %");
        assertThat(Words.percent(Double.NaN)).isEqualTo("–");
    }

    @Test
    void aModelCannotMoveTheCursor() {
        assertThat(Words.oneLine("a\nb\u001b[2J\r")).isEqualTo("a⏎b·[2J·");
        assertThat(Words.printable("a\nb\u001b[2J")).isEqualTo("a\nb·[2J");
    }
}
