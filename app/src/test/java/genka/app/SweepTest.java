package genka.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import genka.books.Ledger;
import genka.catalog.GenkaRoot;
import genka.units.GenkaException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** A recipe with every combination of some values. */
final class SweepTest {
    private static final Path RECIPE = GenkaRoot.path().resolve("recipes").resolve("r1-zero-tiny.yaml");

    @TempDir
    Path home;

    @Test
    void everyCombinationIsAPointAndTheLastKeyChangesFastest() {
        assertThat(SweepPoints.combinations(List.of("a=1,2", "b=[x, y],{z: 1, w: \"p,q\"}")))
                .containsExactly(
                        Map.of("a", "1", "b", "[x, y]"),
                        Map.of("a", "1", "b", "{z: 1, w: \"p,q\"}"),
                        Map.of("a", "2", "b", "[x, y]"),
                        Map.of("a", "2", "b", "{z: 1, w: \"p,q\"}"));
        assertThatThrownBy(() -> SweepPoints.combinations(List.of("a=1", "a=2")))
                .hasMessageContaining("twice");
        for (String wrong : List.of("a", "a=", "=1", "a=1,,2")) {
            assertThatThrownBy(() -> SweepPoints.combinations(List.of(wrong)))
                    .isInstanceOf(GenkaException.class)
                    .hasMessageContaining("Maybe");
        }
    }

    @Test
    void valuesThatChangeNothingAreRefused() {
        assertThatThrownBy(() -> SweepPoints.read(RECIPE, List.of("optimizer.lr=1e-3,2e-3"), List.of(), set -> set))
                .isInstanceOf(GenkaException.class)
                .hasMessageContaining("make the same recipe")
                .hasMessageContaining("stages.NAME.optimizer.lr");
        assertThat(SweepPoints.read(
                        RECIPE, List.of("stages.pretrain.optimizer.lr=1e-3,5e-3", "seed=1,2"), List.of(), set -> set))
                .hasSize(4);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            seed=1,1                            | --over seed=1,1 gives the value 1 twice.
            optimizer.lr=1e-3,0.001             | --over optimizer.lr=1e-3,0.001 gives the value 0.001 twice.
            name=a,b                            | --over name=a and name=b differ in name alone, which changes nothing
            foo=1,2                             | --over foo=1
            data.digits=3,-3                    | --over data.digits=-3:
            stages.pretrain.freeze=[],[no.such] | --over stages.pretrain.freeze=[no.such]:
            data={kind: task, task: digit-sum, evaluation_prompts: 4},{kind: jsonl, path: nowhere, prompt_field: q, response_field: a} | --over data={kind: jsonl
            """)
    void whatIsWrongWithACombinationIsToldBeforeAnyHasRun(String over, String message) {
        CommandLineTest.Outcome outcome =
                CommandLineTest.genka("sweep", RECIPE.toString(), "--over", over, "--home", home.toString());
        assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(2);
        assertThat(outcome.err()).startsWith(message);
        assertThat(home.resolve("runs")).doesNotExist();
    }

    private CommandLineTest.Outcome sweep(String... more) {
        List<String> args = new ArrayList<>(List.of(
                "sweep",
                RECIPE.toString(),
                "--set",
                "stages=[{kind: pretrain, steps: 4, batch: 8, loss_on: response, optimizer: {lr: 1e-3}}]"
                        .replace("lr:", "learning_rate:"),
                "--set",
                "data.evaluation_prompts=4",
                "--over",
                "stages.pretrain.optimizer.lr=1e-3,2e-3",
                "--threads",
                "1",
                "--home",
                home.toString()));
        args.addAll(List.of(more));
        return CommandLineTest.genka(args.toArray(String[]::new));
    }

    @Test
    void aSweepIsOneTableAndOneBillAndGoesOnWhereItWas() {
        CommandLineTest.Outcome first = sweep("--json");
        assertThat(first.exitCode()).as(first.err()).isZero();
        JsonNode outcome = Json.mapper().readTree(first.out());
        assertThat(outcome.path("runs").size()).isEqualTo(2);
        assertThat(outcome.path("bill").path("full_usd").decimalValue()).isPositive();
        assertThat(outcome.path("best").asString()).isNotEmpty();
        CommandLineTest.Outcome second = sweep("--seeds", "1,2");
        assertThat(second.out()).contains("greedy accuracy", "best", "earlier experiments", "full");
        assertThat(second.err()).containsOnlyOnce("run 1 of 4").contains("finished before");
        try (Ledger ledger = Ledger.open(home)) {
            assertThat(ledger.runs()).as("what is finished is not run twice").hasSize(4);
        }
    }
}
