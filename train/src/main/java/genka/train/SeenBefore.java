package genka.train;

import genka.catalog.Recipe;
import genka.catalog.RecipeReader;
import genka.units.GenkaException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Whether a run measures questions that the run its weights are from may have trained on: which ones are kept apart follows from the seed and
 * their number.
 */
final class SeenBefore {
    /** Runs that go on from one another and are looked at. */
    private static final int MOST = 32;

    private SeenBefore() {}

    /** Of the recipe's own model and task; empty where all questions are new to it, as far as the folders of its weights tell. */
    static Optional<Trouble> look(Recipe recipe) {
        if (!(recipe.data() instanceof Recipe.DataSpec.Task task)) {
            return Optional.empty();
        }
        Optional<String> weights = recipe.model().weightsPath();
        for (int i = 0; i < MOST && weights.isPresent(); i++) {
            Optional<Path> file = recipeOf(Path.of(weights.get()));
            Optional<Recipe> earlier = file.flatMap(SeenBefore::read);
            if (earlier.isPresent()
                    && earlier.get().data() instanceof Recipe.DataSpec.Task before
                    && isSameTask(before, task)
                    && (earlier.get().seed() != recipe.seed()
                            || before.evaluationPrompts() < task.evaluationPrompts())) {
                return Optional.of(trouble(recipe, task, file.get(), earlier.get(), before));
            }
            weights = earlier.flatMap(recipeBefore -> recipeBefore.model().weightsPath());
        }
        return Optional.empty();
    }

    private static boolean isSameTask(Recipe.DataSpec.Task a, Recipe.DataSpec.Task b) {
        return a.task().equals(b.task()) && a.options().equals(b.options());
    }

    private static Trouble trouble(
            Recipe recipe, Recipe.DataSpec.Task task, Path file, Recipe earlier, Recipe.DataSpec.Task before) {
        return new Trouble(
                Trouble.Kind.SEEN_BEFORE,
                Trouble.Severity.WARNING,
                recipe.stages().getFirst().name(),
                0,
                "The weights are from run "
                        + Objects.requireNonNull(file.getParent()).getFileName() + ", which kept "
                        + kept(before, earlier) + " apart; the " + kept(task, recipe)
                        + " that are measured here are others, and it may have trained on some of them: figures may flatter.",
                "Maybe --seed " + earlier.seed() + " and data.evaluation_prompts " + before.evaluationPrompts()
                        + ", then they are the same questions.");
    }

    private static String kept(Recipe.DataSpec.Task task, Recipe recipe) {
        return task.evaluationPrompts() + " questions of seed " + recipe.seed();
    }

    /** The run's that a model folder belongs to: model, models/NAME or stages/NAME of it. */
    private static Optional<Path> recipeOf(Path modelFolder) {
        return Stream.iterate(modelFolder.toAbsolutePath().normalize().getParent(), Objects::nonNull, Path::getParent)
                .limit(2)
                .map(parent -> parent.resolve("recipe.yaml"))
                .filter(Files::isRegularFile)
                .findFirst();
    }

    /** A recipe of another Genka may not be readable; then nothing is known. */
    private static Optional<Recipe> read(Path file) {
        try {
            return Optional.of(RecipeReader.read(file).recipe());
        } catch (GenkaException _) {
            return Optional.empty();
        }
    }
}
