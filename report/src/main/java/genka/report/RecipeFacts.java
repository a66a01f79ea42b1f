package genka.report;

import genka.catalog.ModelSpec;
import genka.catalog.ParameterCount;
import genka.catalog.Recipe;
import genka.catalog.RecipeReader;
import genka.catalog.StageSpec;
import genka.units.GenkaException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
    /**
     * What a stage is, and which of the recipe's models it works on.
     *
     * @param taughtByLarger of a distillation: whether its model is smaller than every one it learns from
     */
    record StageFacts(String kind, String model, boolean taughtByLarger) {}

    /** What is known of the stage; of one that the recipe does not have, that it works on the recipe's own model. */
    StageFacts stage(String name) {
        return stages.getOrDefault(name, new StageFacts("", Recipe.MAIN, false));
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
        Optional<Recipe> recipe = recipe(file);
        Map<String, StageFacts> stages = new LinkedHashMap<>();
        tree.path("stages").forEach(stage -> {
            String kind = stage.path("kind").asString("");
            String name = stage.path("name").asString(kind);
            boolean larger = recipe.filter(known -> taughtByLarger(known, name)).isPresent();
            stages.put(name, new StageFacts(kind, stage.path("model").asString(Recipe.MAIN), larger));
        });
        Map<String, String> settings = new LinkedHashMap<>();
        flatten("", tree, settings);
        return new RecipeFacts(
                yaml,
                tree.path("about").asString(""),
                stages,
                settings,
                recipe.map(RecipeFacts::models).orElse(Map.of()));
    }

    private static JsonNode tree(String yaml) {
        YAMLMapper mapper = YAMLMapper.builder().build();
        try {
            return yaml.isBlank() ? mapper.createObjectNode() : mapper.readTree(yaml);
        } catch (JacksonException broken) {
            return mapper.createObjectNode();
        }
    }

    /** Empty where this version of Genka reads it no more. */
    private static Optional<Recipe> recipe(Path file) {
        try {
            return Optional.of(RecipeReader.read(file).recipe());
        } catch (GenkaException notOfThisVersion) {
            return Optional.empty();
        }
    }

    private static Map<String, ModelSpec> models(Recipe recipe) {
        Map<String, ModelSpec> models = new LinkedHashMap<>();
        recipe.models().forEach((name, model) -> models.put(name, model.spec()));
        return models;
    }

    /** Those who teach are the models whose samples are among the stage's data. */
    private static boolean taughtByLarger(Recipe recipe, String name) {
        Optional<StageSpec.Inputs> taught = recipe.stages().stream()
                .filter(stage -> stage.name().equals(name))
                .map(StageSpec::inputs)
                .findFirst();
        if (taught.isEmpty()) {
            return false;
        }
        Set<String> data = taught.get().data().keySet();
        List<String> teachers = recipe.stages().stream()
                .filter(stage -> data.contains(stage.name()))
                .map(stage -> stage.inputs().model())
                .toList();
        long own = parameters(recipe, taught.get().model());
        return !teachers.isEmpty() && teachers.stream().allMatch(teacher -> parameters(recipe, teacher) > own);
    }

    private static long parameters(Recipe recipe, String model) {
        return ParameterCount.of(recipe.model(model).spec()).total();
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
