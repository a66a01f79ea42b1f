package genka.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import genka.kernel.Gemm;
import genka.kernel.ThreadTeam;
import genka.testkit.Golden;
import genka.units.GenkaException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ParityCheckTest {
    private static final ThreadTeam TEAM = new ThreadTeam(2);
    private static final Gemm GEMM = new Gemm(TEAM);

    @TempDir
    Path dir;

    @AfterAll
    static void close() {
        TEAM.close();
    }

    static Stream<List<String>> cases() {
        return Stream.of(
                        "v3_tiny",
                        "v3_groups_yarn",
                        "v3_no_qlora",
                        "v2_lite",
                        "v2_grouped",
                        "v3_mtp",
                        "v3_fp8",
                        "v3_fp8_ue8m0",
                        "v3_bf16",
                        "sharded")
                .flatMap(name -> Stream.of("config.json", "published_config.json")
                        .filter(config -> Files.exists(Golden.path(name + "/" + config)))
                        .map(config -> List.of(name, config)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyDeepseekCaseEqualsTheReference(List<String> nameAndConfig) {
        ParityReport report = check(nameAndConfig.get(0), nameAndConfig.get(1), OptionalDouble.empty());
        assertThat(report.lines()).filteredOn(line -> !line.pass()).isEmpty();
        assertThat(report.notCompared()).isEmpty();
        assertThat(report.lines()).extracting(ParityReport.Line::tensor).contains("logits", "loss", "greedy_ids");
    }

    @Test
    void everyTensorOfTheReferenceHasItsLine() {
        ParityReport report = check("v3_mtp", "config.json", OptionalDouble.empty());
        try (SafeTensors reference = SafeTensors.open(Golden.path("v3_mtp/expected.safetensors"))) {
            List<String> inputs = List.of("input_ids", "labels", "prompt_ids", "rope.positions");
            assertThat(reference.tensors().keySet())
                    .allMatch(name -> inputs.contains(name)
                            || report.lines().stream()
                                    .anyMatch(line -> line.tensor().equals(name)));
        }
    }

    @Test
    void anotherModelFails() {
        ParityReport report = ParityCheck.of(
                Golden.path("v3_bf16"),
                Golden.path("v3_tiny/expected.safetensors"),
                "config.json",
                OptionalDouble.empty(),
                GEMM);
        assertThat(report.pass()).isFalse();
        assertThatThrownBy(() -> ParityCheck.of(
                        Golden.path("v2_lite"),
                        Golden.path("v3_tiny/expected.safetensors"),
                        "config.json",
                        OptionalDouble.empty(),
                        GEMM))
                .isInstanceOf(GenkaException.class)
                .hasMessageContaining("Maybe the reference belongs to another model?");
    }

    @Test
    void oneToleranceReplacesAllFactors() {
        ParityReport strict = check("v3_tiny", "config.json", OptionalDouble.of(1e-12));
        assertThat(strict.pass()).isFalse();
        assertThat(strict.lines())
                .filteredOn(line -> line.tensor().equals("greedy_ids"))
                .allMatch(ParityReport.Line::pass);
        assertThatThrownBy(() -> check("v3_tiny", "config.json", OptionalDouble.of(-1)))
                .hasMessageContaining("--tolerance (-1.0) must be 0 or more");
    }

    @Test
    void tolerancesComeFromTheMetaFileBesideTheReference() throws IOException {
        Files.copy(Golden.path("v3_tiny/expected.safetensors"), dir.resolve("expected.safetensors"));
        Files.writeString(
                dir.resolve("meta.json"),
                "{\"tolerances\": {\"hidden, logits, routing weights\": \"|a-b| <= 1e-12 * max(1, max|b|)\", \"grad\": \"5e-1 * max|b| + 2e-3\"}}");
        ParityTolerances read = ParityTolerances.of(dir.resolve("meta.json"), OptionalDouble.empty());
        assertThat(read).isEqualTo(new ParityTolerances(1e-12, 1e-5, 5e-1, 2e-3, 1e-5, 2e-3));
        assertThat(ParityTolerances.of(Golden.path("v3_tiny/meta.json"), OptionalDouble.empty()))
                .isEqualTo(ParityTolerances.DEFAULT);
        ParityReport report = ParityCheck.of(
                Golden.path("v3_tiny"),
                dir.resolve("expected.safetensors"),
                "config.json",
                OptionalDouble.empty(),
                GEMM);
        assertThat(report.lines())
                .filteredOn(line -> line.tensor().equals("logits"))
                .noneMatch(ParityReport.Line::pass);
    }

    @Test
    void whatIsUnknownIsListedAndWhatIsNoReferenceRefused() {
        float[] values = new float[4];
        SafeTensorsWriter.write(
                dir.resolve("x.safetensors"),
                List.of(new SafeTensorsWriter.Source("a", DataType.F32, List.of(4), values, 0)));
        assertThatThrownBy(() -> ParityCheck.of(
                        Golden.path("v3_tiny"),
                        dir.resolve("x.safetensors"),
                        "config.json",
                        OptionalDouble.empty(),
                        GEMM))
                .hasMessageContaining("has no tensor input_ids");
    }

    @Test
    void aModelSavedAndLoadedIsStillTheSame() {
        ModelFiles.save(ModelFiles.load(Golden.path("v3_mtp")), dir, Map.of());
        ParityReport report = ParityCheck.of(
                dir, Golden.path("v3_mtp/expected.safetensors"), "config.json", OptionalDouble.empty(), GEMM);
        assertThat(report.pass()).isTrue();
    }

    private static ParityReport check(String name, String config, OptionalDouble tolerance) {
        Path folder = Golden.path(name);
        return ParityCheck.of(folder, folder.resolve("expected.safetensors"), config, tolerance, GEMM);
    }
}
