package genka.app;

import genka.catalog.Recipe;
import genka.catalog.RecipeReader;
import genka.units.GenkaException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds the model that a command is about: a finished run's, or a folder. */
final class TrainedModel {
    private TrainedModel() {}

    /** The model folder; {@code target} is a run (its name, the beginning of it, or last), a stage of one (RUN@STAGE) or a model folder. */
    static Path folder(String target, Home home) {
        if (target.isBlank()) {
            throw GenkaException.user("the name of the run or model folder ('" + target + "') is empty. Maybe last?");
        }
        Path named = Path.of(target);
        if (Files.isRegularFile(named.resolve("config.json"))) {
            return named;
        }
        if (Files.isDirectory(named)) {
            throw GenkaException.user(
                    target + " has no config.json, so it is no model folder. Maybe its model/ folder?");
        }
        return RunWeights.named(target, home).folder();
    }

    /** The recipe of the run that the model folder belongs to: model, models/NAME or stages/NAME of it; empty for other models. */
    static Optional<Recipe> recipe(Path modelFolder) {
        Path folder = modelFolder.toAbsolutePath().normalize();
        return Stream.iterate(folder.getParent(), Objects::nonNull, Path::getParent)
                .limit(2)
                .map(parent -> parent.resolve("recipe.yaml"))
                .filter(Files::isRegularFile)
                .findFirst()
                .map(recipe -> RecipeReader.read(recipe).recipe());
    }

    /** The task of the recipe's own data; empty where that is text. */
    static Optional<Recipe.DataSpec.Task> task(Recipe recipe) {
        return switch (recipe.data()) {
            case Recipe.DataSpec.Task task -> Optional.of(task);
            case Recipe.DataSpec.Text _, Recipe.DataSpec.JsonLines _ -> Optional.empty();
        };
    }
}
