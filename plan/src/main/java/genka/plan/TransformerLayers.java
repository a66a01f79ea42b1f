package genka.plan;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * How many layers are of which kind: with a sliding window, with linear attention, with experts. What config.json says layer by
 * layer, as a pattern or by an index, and what is known of an architecture that says nothing.
 */
final class TransformerLayers {
    /** More than any model has, and few enough to count the parameters of. */
    static final int MOST = 10_000;

    private static final String WINDOW = "sliding_attention";
    private static final String LINEAR = "linear_attention";
    private static final List<String> KINDS = List.of("full_attention", WINDOW, LINEAR);
    /** Every n-th layer sees everything, where the file does not say it (the architectures' defaults in Hugging Face transformers). */
    private static final Map<String, Integer> PATTERN = Map.of(
            "gemma2",
            2,
            "gpt_oss",
            2,
            "gpt_neo",
            2,
            "cohere2",
            4,
            "olmo3",
            4,
            "exaone4",
            4,
            "gemma3",
            6,
            "gemma3_text",
            6);

    private final ConfigKeys keys;
    private final String type;
    private final int layers;

    TransformerLayers(ConfigKeys keys, String type, int layers) {
        this.keys = keys;
        this.type = type;
        this.layers = layers;
    }

    /** With a sliding window, given that there is one. */
    int windowed() {
        // Qwen's architectures write a window that they only use when asked to
        if (!keys.truth("use_sliding_window").orElse(!type.startsWith("qwen"))) {
            return 0;
        }
        if (keys.has("window_layers")) {
            return keys.whole(0, 0, layers, "window_layers");
        }
        if (keys.has("layer_types")) {
            return ofKind(WINDOW);
        }
        if (keys.has("max_window_layers")) {
            return Math.max(0, layers - keys.whole(0, 0, Integer.MAX_VALUE, "max_window_layers"));
        }
        int every =
                keys.whole(PATTERN.getOrDefault(type, 0), 1, MOST, "sliding_window_pattern", "_sliding_window_pattern");
        return every == 0 ? layers : layers - layers / every;
    }

    /** With linear attention, which costs what a state-space layer does (Qwen3-Next: all but every fourth). */
    int linear() {
        if (keys.has("layer_types")) {
            return ofKind(LINEAR);
        }
        int every = keys.whole(type.startsWith("qwen3_next") ? 4 : 1, 1, MOST, "full_attention_interval");
        return layers - layers / every;
    }

    private int ofKind(String kind) {
        return (int) keys.eachLayer("layer_types", layers, KINDS).stream()
                .filter(kind::equals)
                .count();
    }

    /** With experts: every n-th from the first that is not dense; some count the n-th as the last of n (Qwen, Llama 4). */
    int withExperts() {
        if (keys.list("moe_layers")) {
            return keys.layers("moe_layers", layers).size();
        }
        int firstDense = keys.whole(0, 0, layers, "first_k_dense_replace");
        int every = keys.whole(1, 1, MOST, "decoder_sparse_step", "interleave_moe_layer_step");
        boolean listed = keys.list("moe_layer_freq");
        List<String> sparse = listed ? keys.eachLayer("moe_layer_freq", layers, List.of("0", "1")) : List.of();
        int from = listed ? 1 : keys.whole(1, 1, MOST, "moe_layer_freq");
        List<Integer> dense = keys.layers("mlp_only_layers", layers);
        return (int) IntStream.range(firstDense, layers)
                .filter(layer -> layer % from == 0 && (layer + 1) % every == 0 && !dense.contains(layer))
                .filter(layer -> sparse.isEmpty() || sparse.get(layer).equals("1"))
                .count();
    }
}
