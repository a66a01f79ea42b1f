package genka.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import genka.units.GenkaException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrafficsTest {
    @TempDir
    Path folder;

    private Path day(String key, String value) throws IOException {
        Path shipped = GenkaRoot.path().resolve("facts/traffic/deepseek-day.yaml");
        String text = Files.readString(shipped).replaceFirst(key + ": \\{value: [^,]+", key + ": {value: " + value);
        return Files.writeString(folder.resolve("day.yaml"), text);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            node_accelerators        | 0             | node_accelerators.value (0) must be 1 or more
            node_accelerators        | 8.5           | node_accelerators.value (8.5) must be a whole number up to 2147483647. Maybe 9
            decode_ranks             | 1e12          | decode_ranks.value (1e12) must be a whole number up to 2147483647
            redundant_experts        | -1            | redundant_experts.value (-1) must be 0 or more
            cache_hit_tokens_per_day | 1000000000000 | cache_hit_tokens_per_day.value (1000000000000) must be less than input_tokens_per_day (608000000000)
            """)
    void aBadNumberIsToldWithItsValue(String key, String value, String message) throws IOException {
        Path file = day(key, value);
        assertThatThrownBy(() -> Traffics.read(file))
                .isInstanceOf(GenkaException.class)
                .hasMessageContaining(message);
    }

    @Test
    void goodNumbersRead() throws IOException {
        assertThat(Traffics.read(day("decode_ranks", "72")).decodeRanks()).isEqualTo(72);
    }

    /**
     * DeepSeek's day of 27 February 2025 (open-infra-index, day 6): 226.75 nodes at 2 USD an accelerator and hour cost 87,072 USD, and at
     * R1's prices its tokens would bring 562,027 USD.
     */
    @Test
    void costAndRevenueOfTheDayAreThosePublished() {
        Traffic day = Traffics.read(GenkaRoot.path().resolve("facts/traffic/deepseek-day.yaml"));
        assertThat(day.cost(226.75)).isEqualTo(87_072);
        assertThat(day.revenue()).isCloseTo(562_027, withinPercentage(0.1));
    }

    /** A mean answer's token looks back at the prompt and half of the answer, and prompts and answers are as long as tokens say. */
    @Test
    void aMeanTokenLooksBackAtThePromptAndHalfTheAnswer() {
        Traffic day = Traffics.read(GenkaRoot.path().resolve("facts/traffic/deepseek-day.yaml"));
        assertThat(day.promptTokens() + day.answerTokens() / 2).isCloseTo(day.context(), withinPercentage(1e-9));
        assertThat(day.promptTokens() / day.answerTokens()).isCloseTo(608.0 / 168, withinPercentage(1e-9));
        assertThat(day.misses()).isEqualTo(266e9);
    }
}
