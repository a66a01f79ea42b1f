package genka.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestTest {
    private static final List<String> KEYS = List.of("steps", "batch", "learning_rate", "kl_beta");

    @Test
    void aSlipFindsItsWord() {
        assertThat(Nearest.of("stpes", KEYS)).contains("steps");
        assertThat(Nearest.of("learning-rate", KEYS)).contains("learning_rate");
        assertThat(Nearest.of("Batch", KEYS)).contains("batch");
        assertThat(Nearest.of("learn", KEYS)).contains("learning_rate");
    }

    @Test
    void anotherWordFindsNone() {
        assertThat(Nearest.of("temperature", KEYS)).isEmpty();
        assertThat(Nearest.of("x".repeat(100_000), KEYS)).isEmpty();
        assertThat(Nearest.advice("temperature", KEYS)).startsWith(" Maybe one of steps, batch");
    }
}
