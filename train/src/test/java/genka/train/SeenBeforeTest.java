package genka.train;

import static org.assertj.core.api.Assertions.assertThat;

import genka.catalog.GenkaRoot;
import genka.catalog.Recipe;
import genka.catalog.RecipeReader;
import genka.catalog.ResolvedRecipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SeenBeforeTest {
    private static final Path TINY = GenkaRoot.path().resolve("recipes/r1-zero-tiny.yaml");

    @TempDir
    Path folder;

    private static ResolvedRecipe recipe(String... changes) {
        return RecipeReader.read(TINY, List.of(changes));
    }

    /** The recipe, going on from a stage of a run of another. */
    private Recipe after(ResolvedRecipe earlier, String... changes) throws IOException {
        Path run = Files.createDirectories(folder.resolve("r1-7"));
        Files.writeString(run.resolve("recipe.yaml"), earlier.yaml());
        List<String> all = new ArrayList<>(List.of(changes));
        all.add("model.weights=" + run.resolve("stages/pretrain"));
        return RecipeReader.read(TINY, all).recipe();
    }

    @Test
    void anotherSeedOrMoreQuestionsMeanThatSomeWereTrainedOn() throws IOException {
        assertThat(SeenBefore.look(after(recipe("seed=1"), "seed=2"))).hasValueSatisfying(trouble -> {
            assertThat(trouble.kind()).isEqualTo(Trouble.Kind.SEEN_BEFORE);
            assertThat(trouble.finding()).contains("run r1-7", "256 questions of seed 1", "256 questions of seed 2");
            assertThat(trouble.advice()).contains("--seed 1");
        });
        assertThat(SeenBefore.look(after(recipe("data.evaluation_prompts=16")))).isPresent();
    }

    @Test
    void theSameQuestionsOrAnotherTaskAreNew() throws IOException {
        assertThat(SeenBefore.look(after(recipe()))).isEmpty();
        assertThat(SeenBefore.look(after(recipe(), "data.evaluation_prompts=16")))
                .isEmpty();
        assertThat(SeenBefore.look(after(recipe("seed=1", "data.digits=4"), "seed=2")))
                .isEmpty();
        assertThat(SeenBefore.look(recipe("seed=2").recipe())).isEmpty();
    }
}
