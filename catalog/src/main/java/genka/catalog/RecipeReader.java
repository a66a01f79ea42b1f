package genka.catalog;

import genka.units.GenkaException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Reads recipes. All problems of a file are told in one user error, each with line, column and, where there is one, advice. */
public final class RecipeReader {
    private static final JsonMapper SORTED = JsonMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    private final Problems problems = new Problems();
    private final UnaryOperator<String> typed;

    private RecipeReader(UnaryOperator<String> typed) {
        this.typed = typed;
    }

    private RecipeReader() {
        this(RecipeReader::set);
    }

    private static String set(String override) {
        return "--set " + override;
    }

    public static ResolvedRecipe read(Path file) {
        return read(file, List.of());
    }

    /** Reads a file with {@code overrides} such as {@code stages.pretrain.steps=10} applied. */
    public static ResolvedRecipe read(Path file, List<String> overrides) {
        return read(file, overrides, RecipeReader::set);
    }

    /** @param typed what the user wrote to ask for an override, as problems shall name it */
    public static ResolvedRecipe read(Path file, List<String> overrides, UnaryOperator<String> typed) {
        String text = YamlText.readFile(file);
        Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent());
        return new RecipeReader(typed).read(text, String.valueOf(file.getFileName()), folder, overrides);
    }

    /** Reads text; {@code source} is its name in messages, relative paths start from {@code folder}. */
    public static ResolvedRecipe readText(String text, String source, Path folder, List<String> overrides) {
        return new RecipeReader().read(text, source, folder, overrides);
    }

    /** Every key that reading this recipe asks for, list indexes left out. */
    static Set<String> keys(Path file, List<String> overrides) {
        RecipeReader reader = new RecipeReader();
        Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent());
        reader.read(YamlText.readFile(file), String.valueOf(file.getFileName()), folder, overrides);
        return reader.problems.askedKeys();
    }

    private ResolvedRecipe read(String text, String source, Path folder, List<String> overrides) {
        YamlNode file = YamlText.parse(text, new Place(source, 1, 1, "", folder), problems)
                .orElseThrow(
                        () -> GenkaException.user(source + " is empty. Maybe start from recipes/r1-zero-tiny.yaml"));
        YamlNode root = new Overrides(Path.of("").toAbsolutePath(), typed, problems).apply(file, overrides);
        Section top = Section.of(root, problems);
        Recipe recipe;
        try {
            recipe = top.isSilent() ? null : recipe(top, source);
        } catch (GenkaException e) {
            if (problems.isEmpty()) {
                throw new GenkaException(e.fault(), source + ": " + e.getMessage(), e);
            }
            recipe = null;
        }
        problems.throwIfAny();
        Map<String, @Nullable Object> resolved = top.resolved();
        return new ResolvedRecipe(Objects.requireNonNull(recipe), YamlValues.text(resolved), hash(resolved));
    }

    private Recipe recipe(Section top, String source) {
        String name = top.text("name", source.replaceFirst("\\.ya?ml$", ""));
        if (!name.matches(Section.NAME)) {
            top.problem("name", "must be letters, digits, dots and dashes, 64 at most. Maybe my-recipe");
        }
        String about = top.text("about", "").strip();
        top.resolve("about", about);
        long seed = top.whole("seed", 1, Range.COUNT);
        Map<String, Recipe.ModelSource> models = ModelSection.all(top);
        Recipe.TokenizerSpec tokenizer = DataSection.tokenizer(
                top.requiredSection("tokenizer", "kind: characters, bytes or file"),
                Objects.requireNonNull(models.get(Recipe.MAIN)).spec());
        Map<String, Recipe.DataSpec> sources = DataSection.all(top);
        List<StageSpec> stages = StageSection.read(top, models, sources);
        Recipe.CheckpointSpec checkpoint = checkpoint(top.section("checkpoint"));
        Recipe.Placement where = WhereSection.read(top.section("where"));
        Recipe.Budget budget = budget(top.section("budget"));
        top.close();
        return new Recipe(name, about, seed, models, tokenizer, sources, stages, checkpoint, where, budget);
    }

    private static Recipe.CheckpointSpec checkpoint(Section section) {
        double everySeconds = section.number("every_seconds", 30, Range.ABOVE_ZERO);
        int keep = (int) section.whole("keep", 2, Range.POSITIVE_INT);
        section.close();
        return new Recipe.CheckpointSpec(everySeconds, keep);
    }

    private static Recipe.Budget budget(Section section) {
        Optional<Double> maxUsd = section.optionalNumber("max_usd", Range.ABOVE_ZERO);
        Optional<Double> maxHours = section.optionalNumber("max_hours", Range.ABOVE_ZERO);
        section.close();
        return new Recipe.Budget(maxUsd, maxHours);
    }

    private static String hash(Map<String, @Nullable Object> resolved) {
        Map<String, @Nullable Object> content = new LinkedHashMap<>(resolved);
        content.keySet().removeAll(Recipe.DESCRIBING);
        byte[] bytes = SORTED.writeValueAsString(content).getBytes(StandardCharsets.UTF_8);
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
