package genka.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class OneValueTest {
    @TempDir
    Path home;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            run --seed 3 --set seed=4                | --seed 3: seed is given two values, 4 and 3.
            run --threads 1 --set where.threads=2    | --threads 1: where.threads is given two values, 2 and 1.
            run --set stages[0].steps=1 --set stages.0.steps=2 | stages[0].steps is given two values, 1 and 2.
            run --set stages.1.steps=1 --set stages.grpo.steps=2 | stages[1].steps is given two values, 1 and 2.
            run --set optimizer.lr=1 --set optimizer.learning_rate=2 | optimizer.learning_rate is given two values, 1 and 2.
            sweep --seeds 1,2 --set seed=5           | seed is given two values, 5 and 1.
            sweep --over budget.max_usd=1,2 --set budget.max_usd=2 | budget.max_usd is given two values, 2 and 1.
            plan --set seed=3 --set seed=4           | seed is given two values, 3 and 4.
            """)
    void aKeyHasOneValue(String line, String message) {
        String[] words = (line + " ../recipes/r1-zero-tiny.yaml --home " + home).split(" +", -1);
        CommandLineTest.Outcome outcome = CommandLineTest.genka(words);
        assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(2);
        assertThat(outcome.err()).contains(message).contains("Maybe");
        assertThat(home.resolve("runs")).doesNotExist();
    }
}
