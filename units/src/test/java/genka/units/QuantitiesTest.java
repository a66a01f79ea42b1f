package genka.units;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantitiesTest {
    @ParameterizedTest
    @CsvSource({
        "24 GB, 24000000000",
        "24GiB, 25769803776",
        "1.5 kB, 1500",
        "7, 7",
        "0.5KiB, 512",
        "1e3 MB, 1000000000",
        "3MiB, 3145728",
        "2 TB, 2000000000000",
        "2 TiB, 2199023255552",
        "3 pb, 3000000000000000",
        "3 PiB, 3377699720527872",
        "'1,024 kB', 1024000",
        "'1,234,567', 1234567",
        "1_000 kB, 1000000",
        "'1,5 GB', -1",
        "'1,0240', -1",
        "'1024,000', -1",
        "8 EiB, -1",
        "1.5 B, -1",
        "-1 GB, -1",
        "GB, -1",
        "12 parsecs, -1"
    })
    void sizesAreExactOrRefused(String text, long bytes) {
        if (bytes < 0) {
            assertThatThrownBy(() -> DataSize.parse(text))
                    .isInstanceOfSatisfying(
                            GenkaException.class, e -> assertThat(e.fault()).isEqualTo(Fault.USER))
                    .hasMessageStartingWith("size (");
        } else {
            assertThat(DataSize.parse(text).bytes()).isEqualTo(bytes);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "999, 999 B",
        "1000, 1 kB",
        "24000000000, 24 GB",
        "1540000, 1.54 MB",
        "999499, 999 kB",
        "999500, 1 MB",
        "0, 0 B"
    })
    void sizesPrintThreeDigits(long bytes, String text) {
        assertThat(DataSize.ofBytes(bytes)).hasToString(text);
    }

    @Test
    void sizesDoNotOverflow() {
        DataSize most = DataSize.ofBytes(Long.MAX_VALUE);
        assertThatThrownBy(() -> most.plus(DataSize.ofBytes(1))).isInstanceOf(GenkaException.class);
    }

    @ParameterizedTest
    @CsvSource({"14.8T, 14800000000000", "2K, 2000", "1.3m, 1300000", "300 B, 300000000000", "17, 17", "'1,024', 1024"})
    void tokensReadWhatPapersWrite(String text, long count) {
        assertThat(Tokens.parse(text).count()).isEqualTo(count);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "1.5", "2Q", "2KB", "-3K", "14,8T", "99999999T"})
    void tokensRefuseWhatIsNoCount(String text) {
        assertThatThrownBy(() -> Tokens.parse(text))
                .isInstanceOf(GenkaException.class)
                .hasMessageStartingWith("tokens (");
    }

    @Test
    void printedTokensReadBackWithinTheirDigits() {
        Random random = new Random(7);
        for (int i = 0; i < 1000; i++) {
            long count = (long) Math.pow(10, random.nextDouble() * 15);
            Tokens read = Tokens.parse(new Tokens(count).toString());
            assertThat((double) read.count()).isBetween(count * 0.994, count * 1.006);
        }
    }

    @Test
    void workRateAndEnergyPrintTheirUnit() {
        assertThat(new Flops(3.3e24)).hasToString("3.3 YFLOP");
        assertThat(new Flops(2e12).over(4)).hasToString("500 GFLOP/s");
        assertThat(new FlopRate(4e14).shareOf(new FlopRate(1e15))).isEqualTo(0.4);
        assertThat(new Power(1500).during(7200)).hasToString("3 kWh").isEqualTo(Energy.ofKwh(3));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0 ms",
        "0.0123, 12.3 ms",
        "0.0994, 99.4 ms",
        "0.0996, 0.10 s",
        "0.42, 0.42 s",
        "0.994, 0.99 s",
        "0.996, 1.0 s",
        "9.5, 9.5 s",
        "9.94, 9.9 s",
        "9.96, 10 s",
        "42, 42 s",
        "59.7, 1 m 00 s",
        "123, 2 m 03 s",
        "3599.4, 59 m 59 s",
        "3599.6, 1 h 00 m",
        "11220, 3 h 07 m",
        "11250, 3 h 08 m",
        "86369, 23 h 59 m",
        "86370, 1 d 00 h",
        "178200, 2 d 02 h",
        "4766400, 55 d 04 h"
    })
    void timeIsReadable(double seconds, String text) {
        assertThat(Durations.of(seconds)).isEqualTo(text);
    }
}
