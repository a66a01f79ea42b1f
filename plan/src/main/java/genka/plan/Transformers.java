package genka.plan;

import genka.catalog.GenkaRoot;
import genka.catalog.Nearest;
import genka.catalog.Transformer;
import genka.catalog.YamlFile;
import genka.units.GenkaException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Models by name, from facts/models.yaml, and shapes for models of which only the size is known. */
public final class Transformers {
    private final Map<String, Transformer> byName = new LinkedHashMap<>();
    private final Map<String, Transformer> byPlainName = new LinkedHashMap<>();

    private final Map<String, Integer> contexts = new HashMap<>();

    private Transformers() {}

    public static Transformers shipped() {
        Transformers all = new Transformers();
        Values models = Values.of(YamlFile.read(path())).section("models");
        models.entries().keySet().forEach(key -> {
            String id = String.valueOf(key);
            Values entry = models.section(id);
            Transformer model = TransformerConfig.read(id, entry.section("config"));
            all.byName.put(id, model);
            longest(entry.section("config")).ifPresent(tokens -> all.contexts.put(id, tokens));
            all.byPlainName.putIfAbsent(plain(id), model);
            entry.texts("aliases").forEach(alias -> all.byPlainName.putIfAbsent(plain(alias), model));
        });
        return all;
    }

    private static Path path() {
        return GenkaRoot.path().resolve("facts").resolve("models.yaml");
    }

    /** The model people call that, be it with an organisation before its name or a remark in brackets after. */
    public Optional<Transformer> find(String name) {
        Transformer exact = byPlainName.get(plain(name));
        if (exact != null) {
            return Optional.of(exact);
        }
        String bare = name.replaceFirst("^.*/", "").replaceFirst("\\(.*", "");
        return Optional.ofNullable(byPlainName.get(plain(bare)));
    }

    /** A config.json, a folder with one, or a name. */
    public Transformer read(String nameOrPath) {
        return config(nameOrPath)
                .map(file -> TransformerConfig.read(nameOrPath, Values.of(YamlFile.read(file))))
                .orElseGet(() -> named(nameOrPath));
    }

    private static Optional<Path> config(String nameOrPath) {
        Path path = Path.of(nameOrPath);
        Path file = Files.isDirectory(path) ? path.resolve("config.json") : path;
        return nameOrPath.endsWith(".json") || Files.exists(file) ? Optional.of(file) : Optional.empty();
    }

    /** Tokens that the model of a config.json, or of that name, looks back at, where it says so. */
    public Optional<Integer> longestContext(String nameOrPath) {
        return config(nameOrPath)
                .map(file -> longest(Values.of(YamlFile.read(file))))
                .orElseGet(
                        () -> Optional.ofNullable(contexts.get(named(nameOrPath).name())));
    }

    private static Optional<Integer> longest(Values config) {
        return config.whole("max_position_embeddings", "n_positions", "max_seq_len")
                .or(() -> config.section("text_config").whole("max_position_embeddings"))
                .filter(tokens -> tokens > 0);
    }

    public Transformer named(String name) {
        return find(name)
                .orElseThrow(() -> GenkaException.user("model (" + name + ") is not in facts/models.yaml."
                        + Nearest.of(name, byName.keySet())
                                .map(near -> " Maybe you meant " + near + "?")
                                .orElse(" Maybe the path of its config.json?")));
    }

    /**
     * A dense decoder with about that many parameters and the proportions that published ones share: heads of 128, a width of
     * about 128 a layer at 7 B and growing with the cube root of size.
     */
    static Transformer inferred(String name, double parameters, int vocab) {
        double width = 4096 * Math.cbrt(parameters / 6.7e9);
        int hidden = Math.max(256, (int) Math.round(width / 128) * 128);
        double perLayer = 12.0 * hidden * hidden;
        double tables = 2.0 * hidden * vocab;
        int layers = Math.max(1, (int) Math.round((parameters - Math.min(tables, parameters / 2)) / perLayer));
        Transformer.Attention attention =
                Transformer.Attention.grouped(Math.max(1, hidden / 128), Math.max(1, hidden / 128), 128);
        return new Transformer(
                name,
                hidden,
                vocab,
                false,
                attention,
                layers,
                0,
                0,
                layers,
                8 * hidden / 3,
                true,
                Transformer.Experts.NONE,
                0,
                0,
                0,
                0,
                Transformer.Extras.norms(hidden),
                false);
    }

    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9.]", "");
    }
}
