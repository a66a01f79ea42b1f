package genka.app;

import static org.assertj.core.api.Assertions.assertThat;

import genka.app.CommandLineTest.Outcome;
import genka.catalog.GenkaRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said and nothing would come of, or what cannot be, is an error before anything is printed. */
class PlanRefusalsTest {
    private static final String V3 =
            GenkaRoot.path().resolve("recipes/deepseek-v3.yaml").toString();

    @TempDir
    Path folder;

    private static void refused(Outcome outcome, int exitCode, String message) {
        assertThat(outcome.err()).contains(message).hasLineCount(1);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.exitCode()).isEqualTo(exitCode);
    }

    private String day(String... keysAndValues) throws IOException {
        String text = Files.readString(GenkaRoot.path().resolve("facts/traffic/deepseek-day.yaml"));
        for (int i = 0; i < keysAndValues.length; i += 2) {
            text = text.replaceFirst(
                    "(?m)^" + keysAndValues[i] + ": (\\{value: )?[^,\n]+",
                    keysAndValues[i] + ": $1" + keysAndValues[i + 1]);
        }
        return Files.writeString(folder.resolve("day.yaml"), text).toString();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --rates rent     | --rates
            --precision bf16 | --precision
            --sequence 4096  | --sequence
            --batch 8        | --batch
            --set seed=7     | --set
            --on 8xH100      | --on
            """)
    void anOptionThatSaysNothingAboutServingIsAnError(String option, String name) {
        refused(
                CommandLineTest.genka(("plan --serve deepseek-day " + option).split(" ", -1)),
                2,
                "so " + name + " would change nothing. Maybe leave out " + name);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --serve deepseek-day --first-token NaN                  | --first-token (NaN) must be a number of seconds above 0
            --serve deepseek-day --first-token Infinity             | --first-token (Infinity) must be a number of seconds above 0
            --serve deepseek-day --first-token soon                 | --first-token (soon) must be a number. Maybe see
            --model llama3-8b --tokens 1T --on 8xH100 --sequence 4k | --sequence (4k) must be a whole number of at most 2147483647
            """)
    void anOptionThatIsNoNumberIsAnError(String options, String message) {
        refused(CommandLineTest.genka(("plan " + options).split(" ", -1)), 2, message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --tokens 0                            | --tokens (0) must be positive. Maybe 2T?
            --tokens 1                            | --tokens (1) must be a step at least: 1953 sequences of 2048 tokens are 4.00 M. Maybe
            --tokens 1K --batch 1                 | --batch (1 sequences of 2048 tokens are 2.05 k tokens) must be at most --tokens (1.00 k). Maybe 1?
            --tokens 100B --batch 99999999999999  | must be at most --tokens (100 G). Maybe 48828125?
            --tokens 100B --sequence 4096         | --sequence (4096) must be at most the model's longest context (2048). Maybe 2048?
            """)
    void aModelIsTrainedForAStepAtLeastAndWithinItsContext(String options, String message) {
        refused(CommandLineTest.genka(("plan --model mpt-1b --on 8xH100 " + options).split(" +", -1)), 2, message);
    }

    @Test
    void aFigureThatIsNoneIsNullInJson() {
        assertThat(Json.mapper().writeValueAsString(List.of(Double.NaN, 1.5, Double.POSITIVE_INFINITY)))
                .isEqualToIgnoringWhitespace("[null, 1.5, null]");
    }

    @Test
    void aLayoutBesideOtherAcceleratorsIsAnError() {
        refused(
                CommandLineTest.genka("plan", V3, "--on", "2048xH800", "--set", "where.parallelism.tensor=8"),
                2,
                "--set where.parallelism.tensor=8 changes nothing beside --on (2048xH800)");
    }

    @Test
    void aPageThatCannotBeWrittenIsToldBeforeThePlan() {
        refused(
                CommandLineTest.genka("plan", V3, "--html", folder.toString()),
                2,
                "is a folder. Maybe " + folder.resolve("plan.html"));
        refused(
                CommandLineTest.genka(
                        "plan", V3, "--html", folder.resolve("none/plan.html").toString()),
                2,
                "there is no folder " + folder.resolve("none") + ". Maybe make it first?");
        if (Files.isDirectory(Path.of("/proc/self"))) {
            refused(
                    CommandLineTest.genka("plan", V3, "--html", "/proc/p.html"),
                    2,
                    "--html (/proc/p.html) cannot be written");
        }
        refused(CommandLineTest.genka("plan", V3, "--html", "/dev/null"), 2, "--html (/dev/null) is no plain file");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            decode_ranks | 1 | 3 | decode_ranks (1): weights of
            decode_ranks | 8 | 3 | Maybe 15, the fewest that fit?
            prefill_ranks | 1 | 3 | prefill_ranks (1): weights of
            decode_ranks | 1000000 | 2 | decode_ranks (1000000) must be at most the 288 routed and redundant experts of deepseek-v3
            redundant_experts | 100000 | 2 | redundant_experts (100000) must be at most the 256 routed experts of deepseek-v3
            accelerator | A100 | 2 | does not compute in FP8. Maybe bf16?
            precision | fp4 | 2 | does not compute in FP4. Maybe bf16?
            """)
    void unitsThatCannotServeTheModelAreRefused(String key, String value, int exitCode, String message)
            throws IOException {
        refused(CommandLineTest.genka("plan", "--serve", day(key, value)), exitCode, message);
    }

    @Test
    void aLossReadsAsOne() throws IOException {
        String file = day("usd_per_million_output_tokens", "0.01", "usd_per_million_cache_miss_tokens", "0.01");
        assertThat(CommandLineTest.genka("plan", "--serve", file).out())
                .containsPattern("[0-9.]+ % less than it costs");
    }
}
