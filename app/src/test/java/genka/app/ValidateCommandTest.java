package genka.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What validate and calibrate say of files that tell nothing. */
class ValidateCommandTest {
    private static final String ROW =
            "{set: mine, model: LLAMA3_8B, gpu: H100, gpus: 64, seq: 8192, gbs: 128, mbs: 1, step_s: 4.5}";

    @TempDir
    Path folder = Path.of("");

    @Test
    void noRowPredictedIsNoErrorOfNought() throws IOException {
        String file = file("refused.yaml", ROW.replace("LLAMA3_8B", "Unheard of"));
        CommandLineTest.Outcome screen = CommandLineTest.genka("validate", file);
        assertThat(screen.exitCode()).isEqualTo(2);
        assertThat(screen.out()).contains("–").doesNotContain("0.0 %").contains("Unheard of");
        assertThat(screen.err())
                .contains("no row of")
                .contains("can be predicted")
                .contains("Maybe");
        JsonNode json = Json.mapper()
                .readTree(CommandLineTest.genka("validate", file, "--json").out());
        assertThat(json.get("predicted").asInt()).isZero();
        for (String key : new String[] {"mape", "median_ape", "bias", "p90", "within_10pct", "coverage_80"}) {
            assertThat(json.get(key).isNull()).as(key).isTrue();
        }
        assertThat(json.get("regret").get("mean").isNull()).isTrue();
        CommandLineTest.Outcome calibrate = CommandLineTest.genka("calibrate", file);
        assertThat(calibrate.exitCode()).isEqualTo(2);
        assertThat(calibrate.err()).contains("no row of").contains("Unheard of");
    }

    @Test
    void refusedRowsAreToldByReason() throws IOException {
        String odd = ROW.replace("LLAMA3_8B", "Unheard of");
        String rows = IntStream.range(0, 5)
                .mapToObj(i -> odd.replace("{", "{id: odd" + i + ", "))
                .collect(Collectors.joining("\n  - ", ROW + "\n  - ", "\n  - " + ROW.replace("gpu: H100", "gpu: H9")));
        String screen =
                CommandLineTest.genka("validate", file("some.yaml", rows)).out();
        assertThat(screen)
                .contains("6 rows refused:")
                .containsPattern("Unheard of.*: odd0, odd1, odd2 and 2 more \\(--json lists them\\)\n.*H9")
                .doesNotContain("odd3");
    }

    @Test
    void whatIsLeftOutIsModelOrCluster() throws IOException {
        String file = file("rows.yaml", ROW);
        CommandLineTest.Outcome unknown = CommandLineTest.genka("validate", file, "--leave-out", "clutser");
        assertThat(unknown.exitCode()).isEqualTo(2);
        assertThat(unknown.err()).contains("--leave-out (clutser) must be model or cluster. Maybe cluster?");
        assertThat(CommandLineTest.genka("validate", file, "--with", file).err())
                .contains("nothing is fitted without --leave-out");
        assertThat(CommandLineTest.genka("validate", file, "--leave-out", "model")
                        .err())
                .contains("every row is of one model (llama3-8b)")
                .contains("Maybe --with");
    }

    @Test
    void calibrateNamesItsScoresAsValidateDoes() throws IOException {
        String file = file(
                "rows.yaml",
                ROW + "\n  - " + ROW.replace("LLAMA3_8B", "LLAMA3_70B").replace("4.5", "30"));
        JsonNode families = Json.mapper()
                .readTree(CommandLineTest.genka("calibrate", file, "--json").out())
                .get("families");
        JsonNode leftOut = families.get("general").get("left_out");
        assertThat(leftOut.has("within_10pct")).isTrue();
        assertThat(leftOut.has("coverage_80")).isTrue();
        assertThat(leftOut.has("median_ape")).isTrue();
    }

    private String file(String name, String row) throws IOException {
        return Files.writeString(folder.resolve(name), "rows:\n  - " + row + "\n")
                .toString();
    }
}
