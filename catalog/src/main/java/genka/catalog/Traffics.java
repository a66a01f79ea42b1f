package genka.catalog;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The traffic under facts/traffic/, and any other file of the same shape. */
public final class Traffics {
    private static final FactsFolder FOLDER = new FactsFolder("traffic", "traffic");

    private Traffics() {}

    /** The shipped traffic of that name, or what stands in the file when the name ends in .yaml. */
    public static Traffic named(String name) {
        return read(FOLDER.file(name));
    }

    /** The traffic in a file; all its problems are told at once. */
    public static Traffic read(Path file) {
        Problems problems = new Problems();
        Section top = Facts.open(file, problems);
        String name = FactsFolder.name(file);
        top.text("about", "");
        double input = above(top, "input_tokens_per_day", 1);
        double hits = above(top, "cache_hit_tokens_per_day", 0);
        if (hits >= input) {
            top.section("cache_hit_tokens_per_day")
                    .problem("value", "must be less than input_tokens_per_day (" + Range.plain(input) + ")");
        }
        Traffic traffic = new Traffic(
                name,
                top.requiredText("model", "a name of facts/models.yaml"),
                top.requiredText("accelerator", "a name of facts/accelerators.yaml"),
                top.choice("precision", List.of("bf16", "fp8", "fp4"), Optional.of("fp8")),
                Facts.wholeAtLeast(top, "node_accelerators", 1),
                input,
                hits,
                above(top, "output_tokens_per_day", 1),
                above(top, "mean_context_tokens", 1),
                above(top, "user_tokens_per_second", 0.001),
                top.has("first_token_seconds")
                        ? Optional.of(above(top, "first_token_seconds", 0.001))
                        : Optional.empty(),
                Facts.wholeAtLeast(top, "prefill_ranks", 1),
                Facts.wholeAtLeast(top, "decode_ranks", 1),
                Facts.wholeAtLeast(top, "redundant_experts", 0),
                above(top, "usd_per_accelerator_hour", 0.001),
                new Traffic.Prices(
                        above(top, "usd_per_million_cache_hit_tokens", 0),
                        above(top, "usd_per_million_cache_miss_tokens", 0),
                        above(top, "usd_per_million_output_tokens", 0)),
                published(top));
        top.close();
        problems.throwIfAny();
        return traffic;
    }

    private static Optional<Traffic.Published> published(Section top) {
        if (!top.has("published")) {
            return Optional.empty();
        }
        Section said = top.requiredSection("published", "what the makers say");
        Traffic.Published published = new Traffic.Published(
                above(said, "nodes", 0.001),
                above(said, "input_tokens_per_second_per_node", 1),
                above(said, "output_tokens_per_second_per_node", 1));
        said.close();
        return Optional.of(published);
    }

    private static double above(Section section, String key, double least) {
        return Facts.atLeast(section, key, least).doubleValue();
    }
}
