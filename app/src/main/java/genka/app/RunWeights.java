package genka.app;

import genka.books.Ledger;
import genka.books.RunState;
import genka.books.RunSummary;
import genka.catalog.Recipe;
import genka.catalog.RecipeReader;
import genka.train.EarlierRun;
import genka.units.GenkaException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Weights named by RUN[@STAGE]: those a run ended with, or those a stage of it left.
 *
 * @param run whose they are
 * @param stage empty for the end
 * @param recipe the run's own
 * @param folder the model folder
 */
record RunWeights(RunSummary run, Optional<String> stage, Recipe recipe, Path folder) {
    static RunWeights named(String text, Home home) {
        int at = text.indexOf('@');
        Optional<String> stage = at < 0 ? Optional.empty() : Optional.of(text.substring(at + 1));
        if (at == 0 || (stage.isPresent() && stage.get().isBlank())) {
            throw GenkaException.user("'" + text + "' names no " + (at == 0 ? "run before" : "stage after")
                    + " its @. Maybe RUN@STAGE, or a run alone for what it ended with?");
        }
        RunSummary run;
        try (Ledger ledger = Ledger.openToRead(home.path())) {
            run = home.run(ledger, at < 0 ? text : text.substring(0, at));
        }
        Path folder = home.keptFolder(run);
        Recipe recipe = RecipeReader.read(folder.resolve("recipe.yaml")).recipe();
        boolean finished = run.state() == RunState.FINISHED;
        return new RunWeights(run, stage, recipe, EarlierRun.weights(folder, recipe, stage, finished));
    }
}
