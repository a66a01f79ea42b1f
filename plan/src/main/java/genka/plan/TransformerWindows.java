package genka.plan;

import java.util.List;
import java.util.Map;

/**
 * How many layers look back over a sliding window only: what config.json says layer by layer (layer_types), as a pattern, or by an
 * index, and what is known of an architecture that says nothing.
 */
final class TransformerWindows {
    private static final String WINDOW = "sliding_attention";
    private static final List<String> KINDS = List.of("full_attention", WINDOW);
    /** Every n-th layer sees everything, where the file does not say it (the architectures' defaults in Hugging Face transformers). */
    private static final Map<String, Integer> PATTERN =
            Map.of("gemma2", 2, "gpt_oss", 2, "cohere2", 4, "olmo3", 4, "exaone4", 4, "gemma3", 6, "gemma3_text", 6);

    private TransformerWindows() {}

    /** Of so many attention layers, given that there is a window. */
    static int layers(ConfigKeys keys, String type, int layers) {
        if (!keys.truth("use_sliding_window").orElse(!type.startsWith("qwen"))) {
            return 0;
        }
        if (keys.has("window_layers")) {
            return keys.whole(0, 0, layers, "window_layers");
        }
        if (keys.has("layer_types")) {
            return (int) keys.eachLayer("layer_types", layers, KINDS).stream()
                    .filter(WINDOW::equals)
                    .count();
        }
        if (keys.has("max_window_layers")) {
            int first = keys.whole(0, 0, Integer.MAX_VALUE, "max_window_layers");
            return Math.max(0, layers - first);
        }
        int every = keys.whole(
                PATTERN.getOrDefault(type, 0),
                1,
                Integer.MAX_VALUE,
                "sliding_window_pattern",
                "_sliding_window_pattern");
        return every == 0 ? layers : layers - layers / every;
    }
}
