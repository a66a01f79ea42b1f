package genka.report;

import static org.assertj.core.api.Assertions.assertThat;

import genka.units.Money;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UsdTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0          | $0.00
            0.000481   | $0.000481
            0.0099     | $0.00990
            0.010049   | $0.0100
            0.0141     | $0.0141
            0.5        | $0.500
            -0.25      | −$0.250
            1.5        | $1.50
            5576000    | $5,576,000.00
            """)
    void belowADollarThreeDigitsCount(String amount, String words) {
        assertThat(Usd.rounded(Money.usd(amount))).isEqualTo(words);
    }
}
