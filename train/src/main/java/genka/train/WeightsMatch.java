package genka.train;

import genka.catalog.ModelConfig;
import genka.catalog.ModelConfigJson;
import genka.catalog.ModelSpec;
import genka.catalog.Recipe;
import genka.units.GenkaException;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import tools.jackson.databind.node.ObjectNode;

/** Whether the weights that a recipe's model starts from are of that model. */
final class WeightsMatch {
    /** May differ: weights can learn longer positions, and ids of special tokens are the tokenizer's matter. */
    private static final List<String> FREE = List.of(
            "rope_theta", "rope_scaling", "max_position_embeddings", "bos_token_id", "eos_token_id", "pad_token_id");

    private WeightsMatch() {}

    /** Refuses the first setting that differs. */
    static void check(String name, Recipe.ModelSource source) {
        source.weightsPath().ifPresent(path -> {
            ObjectNode there = json(ModelConfig.read(Path.of(path).resolve("config.json")));
            ObjectNode here = json(source.spec());
            TreeSet<String> keys = new TreeSet<>(there.propertyNames());
            keys.addAll(here.propertyNames());
            for (String key : keys) {
                if (!there.path(key).equals(here.path(key))) {
                    throw GenkaException.user("The weights of model " + name + " ("
                            + source.continuedFrom().orElse(path) + ") are of another model: " + key + " is "
                            + there.path(key) + " there and " + here.path(key)
                            + " in the recipe. Maybe take the model section of that run's recipe.yaml?");
                }
            }
        });
    }

    private static ObjectNode json(ModelSpec spec) {
        return ModelConfigJson.json(spec).remove(FREE);
    }
}
