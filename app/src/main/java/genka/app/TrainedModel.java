package genka.app;

import genka.books.Ledger;
import genka.books.RunSummary;
import genka.catalog.Recipe;
import genka.catalog.RecipeReader;
import genka.units.GenkaException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Finds the model that a command is about: a finished run's, or a folder. */
final class TrainedModel {
    private TrainedModel() {}

    /** The model folder; {@code target} is a run (its name, the beginning of it, or last) or a model folder. */
    static Path folder(String target, Home home) {
        Path named = Path.of(target);
        if (Files.isRegularFile(named.resolve("config.json"))) {
            return named;
        }
        if (Files.isDirectory(named)) {
            throw GenkaException.user(
                    target + " has no config.json, so it is no model folder. Maybe its model/ folder?");
        }
        RunSummary run;
        try (Ledger ledger = Ledger.open(home.path())) {
            run = home.run(ledger, target);
        }
        Path dir = home.folder(run).resolve("model");
        if (!Files.isRegularFile(dir.resolve("config.json"))) {
            throw GenkaException.user("run " + run.id() + " is " + RunsCommand.state(run)
                    + " and has no model yet. Maybe ./genka run --resume " + run.id());
        }
        return dir;
    }

    /** The recipe of the run that the model folder belongs to; empty for other models. */
    static Optional<Recipe> recipe(Path modelFolder) {
        Path recipe = modelFolder.toAbsolutePath().normalize().resolveSibling("recipe.yaml");
        return Files.isRegularFile(recipe)
                ? Optional.of(RecipeReader.read(recipe).recipe())
                : Optional.empty();
    }

    /** The task of the recipe's own data; empty where that is text. */
    static Optional<Recipe.DataSpec.Task> task(Recipe recipe) {
        return switch (recipe.data()) {
            case Recipe.DataSpec.Task task -> Optional.of(task);
            case Recipe.DataSpec.Text _, Recipe.DataSpec.JsonLines _ -> Optional.empty();
        };
    }
}
