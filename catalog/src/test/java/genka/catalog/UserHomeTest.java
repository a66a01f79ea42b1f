package genka.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class UserHomeTest {
    @Test
    void theVariableCountsWhereItIsAnAbsolutePath() {
        assertThat(UserHome.of("/tmp/x", "/root")).isEqualTo(Path.of("/tmp/x"));
        assertThat(UserHome.of("", "/root")).isEqualTo(Path.of("/root"));
        assertThat(UserHome.of("x", "/root")).isEqualTo(Path.of("/root"));
        assertThat(UserHome.of(null, "/root")).isEqualTo(Path.of("/root"));
    }
}
