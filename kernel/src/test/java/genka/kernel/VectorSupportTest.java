package genka.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class VectorSupportTest {
    @Test
    void namesTheInstructionSet() {
        assertThat(VectorSupport.of("amd64", 16, "mixed mode, sharing").description())
                .isEqualTo("AVX-512, 16 float lanes");
        assertThat(VectorSupport.of("x86_64", 8, "mixed mode").instructionSet()).isEqualTo("AVX2");
        assertThat(VectorSupport.of("aarch64", 4, "mixed mode").instructionSet())
                .isEqualTo("NEON");
    }

    @Test
    void warnsOfAJvmThatDoesNotCompileVectors() {
        assertThat(VectorSupport.of("amd64", 16, "mixed mode, sharing").problem())
                .isEmpty();
        assertThat(VectorSupport.of("amd64", 16, "interpreted mode").problem())
                .hasValueSatisfying(m -> assertThat(m).contains("-Xint"));
        assertThat(VectorSupport.of("amd64", 16, "mixed mode, emulated-client").problem())
                .isPresent();
        assertThat(VectorSupport.of("amd64", 4, "mixed mode").problem()).isPresent();
        assertThat(VectorSupport.of("aarch64", 4, "mixed mode").problem()).isEmpty();
    }

    @Test
    void theseTestsRunOnRealVectors() {
        VectorSupport support = VectorSupport.detect();
        assertThat(support.lanes()).isEqualTo(Lanes.COUNT).isGreaterThan(1);
    }
}
