package genka.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import genka.catalog.Transformer;
import genka.units.GenkaException;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TransformerConfigTest {
    private static final Map<String, Object> GPT_OSS = Map.of(
            "model_type", "gpt_oss",
            "hidden_size", 2880,
            "num_hidden_layers", 24,
            "num_attention_heads", 64,
            "num_key_value_heads", 8,
            "head_dim", 64,
            "intermediate_size", 2880,
            "num_local_experts", 32,
            "num_experts_per_tok", 4,
            "sliding_window", 128);

    /** 26 layers with a window of 512, and what else the file says; and how many of them have the window. */
    static Stream<Arguments> windows() {
        List<String> types = IntStream.range(0, 26)
                .mapToObj(layer -> layer % 13 == 12 ? "full_attention" : "sliding_attention")
                .toList();
        return Stream.of(
                Arguments.of(Map.of("model_type", "mistral"), 26),
                Arguments.of(Map.of("layer_types", types), 24),
                Arguments.of(Map.of("sliding_window_pattern", 6), 22),
                Arguments.of(Map.of("model_type", "gemma3_text"), 22),
                Arguments.of(Map.of("model_type", "gemma2"), 13),
                Arguments.of(Map.of("model_type", "gpt_oss"), 13),
                Arguments.of(Map.of("model_type", "qwen2", "max_window_layers", 21), 0),
                Arguments.of(Map.of("model_type", "qwen2", "max_window_layers", 21, "use_sliding_window", false), 0),
                Arguments.of(Map.of("model_type", "qwen2", "max_window_layers", 21, "use_sliding_window", true), 5),
                Arguments.of(Map.of("model_type", "qwen2", "max_window_layers", 40, "use_sliding_window", true), 0));
    }

    @ParameterizedTest
    @MethodSource("windows")
    void layersWithASlidingWindowAreThoseOfTheFile(Map<String, Object> keys, int layers) {
        assertThat(read(with(keys, Map.of("num_hidden_layers", 26, "sliding_window", 512)))
                        .windowLayers())
                .isEqualTo(layers);
        assertThat(read(with(keys, Map.of("num_hidden_layers", 26))).windowLayers())
                .isZero();
    }

    @Test
    void aFileOfGptOssIsTheModelThatIsShipped() {
        Transformer shipped = Transformers.shipped().named("gpt-oss-20b");
        List<String> types = Collections.nCopies(12, List.of("sliding_attention", "full_attention")).stream()
                .flatMap(List::stream)
                .toList();
        Transformer read = read(with(GPT_OSS, Map.of("layer_types", types, "vocab_size", 201088)));
        assertThat(read.windowLayers()).isEqualTo(12).isEqualTo(shipped.windowLayers());
        assertThat(read.meanContext(131072)).isEqualTo(shipped.meanContext(131072));
        assertThat(read.parameters()).isEqualTo(shipped.parameters());
    }

    @Test
    void kindsOfLayersAreOneForEachAndKnown() {
        assertThatThrownBy(() -> read(with(GPT_OSS, Map.of("layer_types", List.of("full_attention")))))
                .isInstanceOf(GenkaException.class)
                .hasMessageContaining("model: layer_types ([full_attention]) must be a list of 24 entries");
        assertThatThrownBy(() -> read(with(GPT_OSS, Map.of("layer_types", Collections.nCopies(24, "banana")))))
                .isInstanceOf(GenkaException.class)
                .hasMessageContaining("(banana)")
                .hasMessageContaining("full_attention, sliding_attention");
    }

    private static Transformer read(Map<String, Object> keys) {
        Map<String, Object> shape = Map.of(
                "vocab_size", 32000,
                "hidden_size", 2048,
                "num_hidden_layers", 16,
                "num_attention_heads", 16,
                "intermediate_size", 8192);
        return TransformerConfig.read("model", new Values(with(shape, keys)));
    }

    private static Map<String, Object> with(Map<String, Object> one, Map<String, Object> other) {
        Map<String, Object> both = new HashMap<>(one);
        both.putAll(other);
        return both;
    }
}
