package genka.app;

import static org.assertj.core.api.Assertions.assertThat;

import genka.catalog.GenkaRoot;
import genka.catalog.RecipeReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvalCommandTest {
    @TempDir
    Path run;

    /** What eval says of a run whose model cannot be read. */
    private String eval(String... options) throws IOException {
        Path recipe = GenkaRoot.path().resolve("recipes/r1-zero-tiny.yaml");
        Files.writeString(run.resolve("recipe.yaml"), RecipeReader.read(recipe).yaml());
        Path model = Files.createDirectories(run.resolve("model"));
        Files.writeString(model.resolve("config.json"), "no JSON");
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Terminal terminal = Terminal.into(new ByteArrayOutputStream(), err);
        String[] words = new String[options.length + 2];
        words[0] = "eval";
        words[1] = model.toString();
        System.arraycopy(options, 0, words, 2, options.length);
        assertThat(Commands.execute(words, terminal)).isEqualTo(2);
        terminal.err().flush();
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void questionsThatTheRunMayHaveTrainedOnAreRefused() throws IOException {
        assertThat(eval("--prompts", "257"))
                .contains("--prompts (257) must be at most 256, the questions that the run kept apart");
        assertThat(eval("--prompts", "256")).doesNotContain("--prompts");
        assertThat(eval("--prompts", "257", "--set", "digits=6")).doesNotContain("--prompts");
    }

    @Test
    void anOptionWithTwoValuesIsRefused() throws IOException {
        assertThat(eval("--set", "digits=3", "--set", "digits=4")).contains("digits is given two values, 3 and 4");
    }
}
