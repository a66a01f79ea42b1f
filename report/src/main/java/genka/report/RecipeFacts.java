package genka.report;

import genka.catalog.ModelSpec;
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
 * @param kinds each stage's kind by its name, in order
 * @param settings every value by its dotted key; stages by their names
 * @param model the architecture, empty where this version of Genka reads the recipe no more
 */
record RecipeFacts(
        String yaml, String about, Map<String, String> kinds, Map<String, String> settings, Optional<ModelSpec> model) {
    static RecipeFacts read(Path file) {
        String yaml = RunFiles.text(file);
        JsonNode tree = tree(yaml);
        Map<String, String> kinds = new LinkedHashMap<>();
        tree.path("stages").forEach(stage -> {
            String kind = stage.path("kind").asString("");
            kinds.put(stage.path("name").asString(kind), kind);
        });
        Map<String, String> settings = new LinkedHashMap<>();
        flatten("", tree, settings);
        return new RecipeFacts(yaml, tree.path("about").asString(""), kinds, settings, model(file));
    }

    private static JsonNode tree(String yaml) {
        YAMLMapper mapper = YAMLMapper.builder().build();
        try {
            return yaml.isBlank() ? mapper.createObjectNode() : mapper.readTree(yaml);
        } catch (JacksonException broken) {
            return mapper.createObjectNode();
        }
    }

    private static Optional<ModelSpec> model(Path file) {
        try {
            return Optional.of(RecipeReader.read(file).recipe().model().spec());
        } catch (GenkaException notOfThisVersion) {
            return Optional.empty();
        }
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
