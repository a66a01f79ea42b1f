package genka.catalog;

import genka.catalog.Recipe.InitSpec;
import genka.units.GenkaException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The model: a Hugging Face config, inline or by path, and how its weights begin. */
final class ModelSection {
    /** Stands for a model that could not be read, while reading on for more problems. */
    static final ModelSpec UNREAD = new ModelSpec(
            "unread",
            1,
            1,
            1,
            1,
            new AttentionSpec.Mla(1, 0, 1, 1, 2, 1),
            Optional.empty(),
            0,
            1e-6,
            new RopeSpec.Plain(10000),
            false,
            Integer.MAX_VALUE,
            Optional.empty(),
            List.of(),
            Optional.empty(),
            List.of());

    private static final InitSpec NO_INIT = new InitSpec.Normal(1);
    private static final JsonMapper JSON = new JsonMapper();

    private ModelSection() {}

    static boolean isUnread(ModelSpec spec) {
        return spec.modelType().equals(UNREAD.modelType());
    }

    /** The recipe's own model and those under {@code models}, by name. */
    static Map<String, Recipe.ModelSource> all(Section top) {
        Map<String, Recipe.ModelSource> models = new LinkedHashMap<>();
        Recipe.ModelSource main = read(top.requiredSection("model", "config or path"));
        models.put(Recipe.MAIN, main);
        NamedSections.under(top, "models", Recipe.MAIN).forEach((name, section) -> {
            Optional<String> like = section.optionalText("like");
            models.put(name, like.isPresent() ? like(section, like.get(), models) : other(section, main.spec()));
        });
        return models;
    }

    /** Another model with the same architecture and beginning as one above. */
    private static Recipe.ModelSource like(Section section, String like, Map<String, Recipe.ModelSource> models) {
        Recipe.ModelSource same = models.get(like);
        if (same == null) {
            section.problem(
                    "like",
                    "must name a model above: " + String.join(", ", models.keySet()) + "."
                            + Nearest.advice(like, models.keySet()));
        }
        section.close();
        return same == null ? new Recipe.ModelSource(UNREAD, NO_INIT, Optional.empty(), Optional.empty()) : same;
    }

    private static Recipe.ModelSource other(Section section, ModelSpec main) {
        Recipe.ModelSource source = read(section);
        if (!isUnread(main) && !isUnread(source.spec()) && source.spec().vocabSize() != main.vocabSize()) {
            section.problem(
                    "config",
                    "has vocab_size " + source.spec().vocabSize()
                            + ", but the models of a recipe share a tokenizer and " + "the first has "
                            + main.vocabSize());
        }
        return source;
    }

    private static Recipe.ModelSource read(Section section) {
        Optional<ModelSpec> spec = Optional.empty();
        Optional<YamlNode.Mapping> config = section.freeNode("config");
        boolean path = section.has("path");
        if (config.isPresent() && path) {
            section.problem("path", "must not stand beside config. Maybe keep one of them");
        } else if (config.isPresent()) {
            spec = inline(section, config.get());
        } else if (path) {
            spec = fromFile(section);
        } else if (!section.has("config")) {
            section.problem("config", "or path is missing: the keys of a Hugging Face config.json, or where it is");
        }
        InitSpec init = init(section.section("init"));
        Optional<String> weights = section.optionalPath("weights");
        Optional<String> continued = section.optionalText("continued_from");
        if (continued.isPresent() && weights.isEmpty()) {
            section.problem("continued_from", "needs weights beside it. Maybe use --continue-from, which sets both");
        }
        section.close();
        return new Recipe.ModelSource(spec.orElse(UNREAD), init, weights, continued);
    }

    private static Optional<ModelSpec> inline(Section section, YamlNode.Mapping config) {
        Map<String, @Nullable Object> values = YamlValues.map(config);
        section.resolve("config", values);
        for (Map.Entry<String, YamlNode> entry : config.entries().entrySet()) {
            if (!ModelKeys.KNOWN.contains(entry.getKey())) {
                YamlNode value = entry.getValue();
                section.problems()
                        .add(
                                value.place(),
                                value.place().path() + " is not a key of a Hugging Face config.json."
                                        + Nearest.of(entry.getKey(), ModelKeys.KNOWN)
                                                .map(near -> " Maybe you meant " + near + "?")
                                                .orElse(""));
            }
        }
        JsonNode node = JSON.valueToTree(values);
        List<String> found = new ArrayList<>();
        Optional<ModelSpec> spec = ModelConfig.read(node, "config", found);
        found.forEach(problem -> place(section, config, problem));
        return spec;
    }

    /** Problems come as "config: key rule": the place is the key's. */
    private static void place(Section section, YamlNode.Mapping config, String problem) {
        String text = problem.replaceFirst("^config: ", "");
        String key = text.split("[ .]", 2)[0];
        YamlNode value = config.entries().get(key);
        section.problems()
                .add(
                        value == null ? config.place() : value.place(),
                        config.place().path() + "." + text);
    }

    private static Optional<ModelSpec> fromFile(Section section) {
        Path path = Path.of(section.optionalPath("path").orElse("?"));
        section.resolved().remove("path");
        Path file = Files.isDirectory(path) ? path.resolve("config.json") : path;
        try {
            ModelSpec spec = ModelConfig.read(file);
            section.resolve("config", Objects.requireNonNull(JSON.convertValue(ModelConfigJson.json(spec), Map.class)));
            return Optional.of(spec);
        } catch (GenkaException e) {
            section.problem("path", "cannot be used: " + e.getMessage());
            return Optional.empty();
        }
    }

    private static InitSpec init(Section section) {
        InitSpec init =
                switch (section.choice("scheme", List.of("width-scaled", "normal"), Optional.of("width-scaled"))) {
                    case "normal" -> new InitSpec.Normal(section.number("std", 0.006, Range.ABOVE_ZERO));
                    default ->
                        new InitSpec.WidthScaled(
                                section.number("gain", 0.7, Range.ABOVE_ZERO),
                                section.number("embedding_std", 0.5, Range.ABOVE_ZERO));
                };
        section.close();
        return init;
    }
}
