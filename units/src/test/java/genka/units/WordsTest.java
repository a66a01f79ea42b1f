package genka.units;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
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
    @CsvSource({
        "0, 0 s",
        "0.000004, 4.00 µs",
        "0.0003, 0.30 ms",
        "0.029, 29 ms",
        "0.9996, 1.0 s",
        "107, 1 min 47 s",
        "3569, 59 min 29 s",
        "3570, 1.0 hours",
        "46080, 12.8 hours",
        "4786560, 55.4 days",
        "172799, 48.0 hours",
        "172801, 2.0 days",
        "63072000, 730.0 days",
        "63115201, 2.0 years",
        "3074241600, 97.4 years",
        "31557600000, 1000 years",
        "NaN, –"
    })
    void timesRunFromAStepToYears(double seconds, String expected) {
        assertThat(Words.time(seconds)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"0, 0.00", "0.00126, 0.0013", "0.24, 0.24", "9.994, 9.99", "9.996, 10", "14234, 14.2 k"})
    void smallAmountsKeepTheirDigits(double number, String expected) {
        assertThat(Words.amount(number)).isEqualTo(expected);
        assertThat(Words.usd(number)).isEqualTo("$" + expected);
    }

    @ParameterizedTest
    @CsvSource({
        "1586e9, 1586 GB",
        "78e9, 78.0 GB",
        "0.2e9, 0.2 GB",
        "9.6e6, 9.6 MB",
        "94e6, 94.0 MB",
        "96e6, 0.1 GB",
        "4200, 4.2 kB",
        "0, 0.0 kB"
    })
    void memoryIsInGigabytesUnlessItIsLittle(double bytes, String expected) {
        assertThat(Words.bytes(bytes)).isEqualTo(expected);
    }

    @Test
    void changesHaveASign() {
        assertThat(Words.change(0.126)).isEqualTo("+12.6 %");
        assertThat(Words.change(-0.0226)).isEqualTo("−2.3 %");
        assertThat(Words.change(0)).isEqualTo("+0.0 %");
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
        assertThat(Words.amount(Double.NaN)).isEqualTo("–");
        assertThat(Words.usd(Double.NaN)).isEqualTo("–");
    }

    @Test
    void aModelCannotMoveTheCursor() {
        assertThat(Words.oneLine("a\nb\u001b[2J\r")).isEqualTo("a⏎b·[2J·");
        assertThat(Words.printable("a\nb\u001b[2J")).isEqualTo("a\nb·[2J");
    }

    @Test
    void adviceFitsTheReason() {
        assertThat(Words.remedy(new AccessDeniedException("runs"))).contains("somebody else");
        assertThat(Words.remedy(new FileSystemException("runs", null, "Read-only file system")))
                .contains("somebody else");
        assertThat(Words.remedy(new IOException("No space left on device"))).contains("make room");
        assertThat(Words.remedy(new IOException("Input/output error"))).doesNotContain("make room");
    }
}
