package genka.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** docs/recipes.md and the reader know the same keys. */
class RecipeDocTest {
    private static final List<List<String>> VARIANTS = List.of(
            List.of(),
            List.of("where={accelerator: H800, count: 8}", "data={kind: text, path: x}", "stages.0.loss_on=all"),
            List.of("data={kind: jsonl, path: x}", "model.init={scheme: normal}", "stages.0.loss_on=all"),
            List.of("tokenizer={kind: file, path: x}", "stages.pretrain.schedule={kind: cosine}"),
            List.of("stages.pretrain.schedule={kind: multi-step, phases: [{until_share: 1, multiplier: 1}]}"),
            List.of("stages.grpo.curriculum={low: 0.1}"),
            List.of("data={kind: jsonl, path: x, prompt_field: a, response_field: b}"),
            List.of(
                    "models={student: {like: main}}",
                    "sources={general: {kind: task, task: x}}",
                    "stages.0.start=fresh",
                    "stages.1={kind: rejection-sample, prompts: 8, max_new_tokens: 8}"));

    @Test
    void theDocumentListsEveryKeyAndNoOther() throws IOException {
        Set<String> known = new TreeSet<>();
        for (List<String> variant : VARIANTS) {
            known.addAll(RecipeReader.keys(RecipeReaderTest.RECIPES.resolve("r1-zero-tiny.yaml"), variant));
        }
        Path doc = GenkaRoot.path().resolve("docs").resolve("recipes.md");
        Set<String> documented = new TreeSet<>();
        Pattern.compile("(?m)^\\| `([^`]+)` \\|")
                .matcher(Files.readString(doc))
                .results()
                .forEach(match -> documented.add(match.group(1)));
        known.removeIf(
                key -> known.stream().anyMatch(other -> other.startsWith(key + ".")) && !documented.contains(key));
        known.removeIf(key -> repeats(key, documented));
        assertThat(documented).isEqualTo(known);
    }

    /** Other models have the keys of the first one, other sources those of the data; they are documented once. */
    private static boolean repeats(String key, Set<String> documented) {
        return !documented.contains(key)
                && (key.startsWith("models.NAME.")
                        ? documented.contains(key.replace("models.NAME", "model"))
                        : documented.contains(key.replace("sources.NAME", "data")));
    }
}
