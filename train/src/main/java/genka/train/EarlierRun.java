package genka.train;

import genka.catalog.Nearest;
import genka.catalog.Recipe;
import genka.catalog.StageSpec;
import genka.units.GenkaException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** A run whose weights another goes on with: those it ended with, or those a stage of it left. */
public final class EarlierRun {
    private static final String CONFIG = "config.json";

    private EarlierRun() {}

    /**
     * The model folder.
     *
     * @param folder the run's
     * @param recipe the run's own, as stored with it
     * @param stage of the run; empty for the end
     * @param finished whether the run is, so that what is missing was there
     */
    public static Path weights(Path folder, Recipe recipe, Optional<String> stage, boolean finished) {
        Path weights = stage.map(name -> leftBy(folder, recipe, name)).orElse(folder.resolve("model"));
        if (!holdsModel(weights)) {
            if (finished) {
                throw GenkaException.user("Run " + folder.getFileName()
                        + " is finished, but its model is gone: there is no " + weights.resolve(CONFIG)
                        + ". Maybe put it back, or train it again: ./genka run " + folder.resolve("recipe.yaml"));
            }
            throw GenkaException.user("Run " + folder.getFileName() + " has no weights "
                    + stage.map(name -> "of stage " + name).orElse("of its end") + " yet" + advice(folder, recipe));
        }
        return weights;
    }

    private static boolean holdsModel(Path folder) {
        return Files.isRegularFile(folder.resolve(CONFIG));
    }

    /** Names the last stage that did leave weights. */
    private static String advice(Path folder, Recipe recipe) {
        List<StageSpec> stages = recipe.stages();
        return IntStream.iterate(stages.size() - 1, i -> i >= 0, i -> i - 1)
                .filter(i -> stages.get(i) instanceof StageSpec.Training)
                .filter(i -> holdsModel(kept(folder, stages, i)))
                .mapToObj(i -> ". Maybe finish it with --resume, or name a stage that is done, like "
                        + folder.getFileName() + "@" + stages.get(i).name() + "?")
                .findFirst()
                .orElse(", and no stage of it has left any. Maybe finish it with --resume?");
    }

    private static Path leftBy(Path folder, Recipe recipe, String name) {
        List<StageSpec> stages = recipe.stages();
        List<String> names = stages.stream().map(StageSpec::name).toList();
        OptionalInt found = IntStream.range(0, names.size())
                .filter(i -> names.get(i).equals(name))
                .findFirst();
        if (found.isEmpty()) {
            throw GenkaException.user("Run " + folder.getFileName() + " has no stage " + name + ", only "
                    + String.join(", ", names) + "." + Nearest.advice(name, names));
        }
        OptionalInt held = new Lineage(stages).held(found.getAsInt());
        if (held.isEmpty()) {
            throw GenkaException.user("Stage " + name + " of run " + folder.getFileName()
                    + " only read its model's first weights. Maybe name a stage that trains?");
        }
        return kept(folder, stages, held.getAsInt());
    }

    /** Where the weights are that a stage trained. */
    private static Path kept(Path folder, List<StageSpec> stages, int stage) {
        Path kept = folder.resolve("stages").resolve(stages.get(stage).name());
        return stage + 1 == stages.size() && !Files.exists(kept) ? folder.resolve("model") : kept;
    }

    /** Refuses weights whose tokens mean something else. */
    public static void requireSameTokens(String run, Recipe earlier, Recipe recipe) {
        if (!Objects.equals(earlier.tokenizer(), recipe.tokenizer())) {
            throw GenkaException.user("Run " + run + " has another tokenizer than recipe " + recipe.name()
                    + ", so its weights would read other text. Maybe take the tokenizer section of its recipe.yaml?");
        }
    }
}
