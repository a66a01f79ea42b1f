package genka.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
}
