package genka.report;

import genka.catalog.ModelSpec;
import genka.catalog.Recipe;
import genka.catalog.RecipeReader;
import genka.units.GenkaException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * What a page says of a run's resolved recipe.
 *
 * @param yaml the file as it is
 * @param about one line of its author
 * @param stages by name, in order
 * @param settings every value by its dotted key; stages by their names
 * @param models the architectures by name, the recipe's own first; empty where this version of Genka reads the recipe no more
 */
record RecipeFacts(
        String yaml,
        String about,
        Map<String, StageFacts> stages,
        Map<String, String> settings,
        Map<String, ModelSpec> models) {
    /** What a stage is, and which of the recipe's models it works on. */
    record StageFacts(String kind, String model) {}

    /** What is known of the stage; of one that the recipe does not have, that it works on the recipe's own model. */
    StageFacts stage(String name) {
        return stages.getOrDefault(name, new StageFacts("", Recipe.MAIN));
    }

    /** How many steps the stage has, where the recipe says it in steps. */
    Optional<Long> steps(String stage) {
        return Optional.ofNullable(settings.get("stages." + stage + ".steps"))
                .filter(steps -> steps.matches("\\d{1,18}"))
                .map(Long::valueOf);
    }

    static RecipeFacts read(Path file) {
        String yaml = RunFiles.text(file);
        JsonNode tree = tree(yaml);
        Map<String, StageFacts> stages = new LinkedHashMap<>();
        tree.path("stages").forEach(stage -> {
            String kind = stage.path("kind").asString("");
            stages.put(
                    stage.path("name").asString(kind),
                    new StageFacts(kind, stage.path("model").asString(Recipe.MAIN)));
        });
        Map<String, String> settings = new LinkedHashMap<>();
        flatten("", tree, settings);
        return new RecipeFacts(yaml, tree.path("about").asString(""), stages, settings, models(file));
    }

    private static JsonNode tree(String yaml) {
        YAMLMapper mapper = YAMLMapper.builder().build();
        try {
            return yaml.isBlank() ? mapper.createObjectNode() : mapper.readTree(yaml);
        } catch (JacksonException broken) {
            return mapper.createObjectNode();
        }
    }

    private static Map<String, ModelSpec> models(Path file) {
        Map<String, ModelSpec> models = new LinkedHashMap<>();
        try {
            RecipeReader.read(file).recipe().models().forEach((name, model) -> models.put(name, model.spec()));
        } catch (GenkaException notOfThisVersion) {
            models.clear();
        }
        return models;
    }

    private static void flatten(String key, JsonNode node, Map<String, String> into) {
        if (node.isObject()) {
            node.properties().forEach(each -> flatten(join(key, each.getKey()), each.getValue(), into));
        } else if (node.isArray() && !node.isEmpty() && node.get(0).isObject()) {
            int i = 0;
            for (JsonNode each : node) {
                flatten(join(key, each.path("name").asString(Integer.toString(i++))), each, into);
            }
        } else {
            into.put(key, node.isValueNode() ? node.asString() : node.toString());
        }
    }

    private static String join(String key, String name) {
        return key.isEmpty() ? name : key + "." + name;
    }
}
