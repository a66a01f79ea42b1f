package genka.catalog;

import java.util.List;
import java.util.Optional;

/** The keys of rotary positions, in both styles: {@code rope_parameters}, or {@code rope_theta} and {@code rope_scaling}. */
final class RopeConfig {
    private static final List<String> TYPES = List.of("default", "yarn", "llama3");
    private static final List<String> UNSUPPORTED = List.of("attention_factor", "partial_rotary_factor", "truncate");

    private RopeConfig() {}

    static RopeSpec read(ConfigValues values, int maxPositions) {
        double theta = values.positiveNumber("rope_theta", 10000);
        Optional<ConfigValues> scaling = values.object("rope_parameters");
        if (scaling.isEmpty()) {
            scaling = values.object("rope_scaling");
        }
        return scaling.isEmpty()
                ? new RopeSpec.Plain(theta)
                : read(scaling.get(), scaling.get().positiveNumber("rope_theta", theta), maxPositions);
    }

    private static RopeSpec read(ConfigValues rope, double theta, int maxPositions) {
        String key = rope.has("rope_type") ? "rope_type" : "type";
        String type = rope.text(key, "default");
        if (!TYPES.contains(type)) {
            rope.problem(key, "is unknown." + Nearest.advice(type, TYPES));
            return new RopeSpec.Plain(theta);
        }
        if (rope.has("rope_type") && !rope.text("type", type).equals(type)) {
            rope.problem("type", "must equal rope_type (" + type + ").");
        }
        if (type.equals("default")) {
            return new RopeSpec.Plain(theta);
        }
        for (String unsupported : UNSUPPORTED) {
            if (rope.has(unsupported)) {
                rope.problem(unsupported, "is not supported. Maybe leave it out?");
            }
        }
        double factor = required(rope, "factor", type);
        if (factor < 1) {
            rope.problem("factor", "must be 1 or more: it stretches positions.");
        }
        int original = rope.positive("original_max_position_embeddings", maxPositions);
        return type.equals("yarn") ? yarn(rope, theta, factor, original) : llama3(rope, theta, factor, original);
    }

    private static RopeSpec yarn(ConfigValues rope, double theta, double factor, int original) {
        double fast = rope.positiveNumber("beta_fast", 32);
        double slow = rope.positiveNumber("beta_slow", 1);
        if (fast < slow) {
            rope.problem(rope.has("beta_fast") ? "beta_fast" : "beta_slow", "beta_fast must not be below beta_slow.");
        }
        if (rope.has("mscale") != rope.has("mscale_all_dim")) {
            rope.missing(
                    rope.has("mscale") ? "mscale_all_dim" : "mscale",
                    " Maybe give mscale and mscale_all_dim both, or neither.");
        }
        return new RopeSpec.Yarn(
                theta,
                factor,
                original,
                fast,
                slow,
                rope.positiveNumber("mscale", 1),
                rope.has("mscale_all_dim") ? rope.positiveNumber("mscale_all_dim", 1) : 0);
    }

    private static RopeSpec llama3(ConfigValues rope, double theta, double factor, int original) {
        double low = required(rope, "low_freq_factor", "llama3");
        double high = required(rope, "high_freq_factor", "llama3");
        if (high <= low) {
            rope.problem("high_freq_factor", "must be above low_freq_factor (" + low + ").");
        }
        return new RopeSpec.Llama3(theta, factor, low, high, original);
    }

    private static double required(ConfigValues rope, String key, String type) {
        if (!rope.has(key)) {
            rope.missing(key, " Rope type " + type + " needs it.");
            return Double.NaN;
        }
        return rope.positiveNumber(key, 1);
    }
}
