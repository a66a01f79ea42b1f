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
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
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

    private static final Map<String, Object> LITE = with(
            Map.of(
                    "model_type", "deepseek_v2",
                    "hidden_size", 2048,
                    "num_hidden_layers", 27,
                    "num_attention_heads", 16,
                    "intermediate_size", 10944,
                    "vocab_size", 102400),
            Map.of(
                    "kv_lora_rank", 512,
                    "v_head_dim", 128,
                    "moe_intermediate_size", 1408,
                    "n_routed_experts", 64,
                    "n_shared_experts", 2,
                    "num_experts_per_tok", 6,
                    "first_k_dense_replace", 1,
                    "moe_layer_freq", 1));

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

    /** DeepSeek-V2-Lite with one key otherwise, and what is said of it; an empty value is a key left out. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            num_attention_heads     | abc        | num_attention_heads (abc) must be a whole number from 1 to 10,000
            num_attention_heads     | 0          | num_attention_heads (0) must be a whole number from 1 to 10,000
            num_hidden_layers       | 0          | num_hidden_layers (0) must be a whole number from 1 to 10,000
            num_hidden_layers       | 32.5       | num_hidden_layers (32.5) must be a whole number from 1 to 10,000. Maybe 32?
            hidden_size             | 4000000000 | hidden_size (4000000000) must be a whole number from 1 to 1,000,000
            intermediate_size       | 0          | intermediate_size (0) must be
            intermediate_size       | -10944     | Maybe 10944?
            n_routed_experts        | sixty-four | n_routed_experts (sixty-four) must be
            n_routed_experts        | 64.5       | n_routed_experts (64.5) must be
            n_routed_experts        | true       | n_routed_experts (true) must be
            n_routed_experts        | -4         | n_routed_experts (-4) must be
            num_experts_per_tok     |            | has experts but no num_experts_per_tok
            num_experts_per_tok     | 100        | num_experts_per_tok (100) must be a whole number from 1 to 64
            moe_intermediate_size   |            | has experts but no moe_intermediate_size
            moe_intermediate_size   | 0          | moe_intermediate_size (0) must be
            v_head_dim              | 0          | v_head_dim (0) must be
            first_k_dense_replace   | -1         | first_k_dense_replace (-1) must be a whole number from 0 to 27
            first_k_dense_replace   | 100        | first_k_dense_replace (100) must be a whole number from 0 to 27
            moe_layer_freq          | 0          | moe_layer_freq (0) must be
            num_nextn_predict_layers | -1        | num_nextn_predict_layers (-1) must be
            tie_word_embeddings     | 2          | tie_word_embeddings (2) must be true or false
            model_type              | mamba      | model_type (mamba) is a model with state-space
            model_type              | bert       | model_type (bert) is an encoder
            model_type              | t5         | model_type (t5) is an encoder with a decoder
            hidden_size             |            | has no hidden_size
            """)
    void keysThatCannotBeMeantAreNamed(String key, @Nullable String value, String said) {
        Map<String, Object> config = new HashMap<>(LITE);
        config.remove(key);
        if (value != null) {
            config.put(key, Map.<String, Object>of("true", true, "2", 2).getOrDefault(value, value));
        }
        assertThatThrownBy(() -> TransformerConfig.read("lite.json", new Values(config)))
                .isInstanceOf(GenkaException.class)
                .hasMessageContaining("lite.json")
                .hasMessageContaining(said)
                .hasMessageContaining("Maybe");
    }

    @ParameterizedTest
    @CsvSource({"5, must divide num_attention_heads (16). Maybe 4?", "64, must be a whole number from 1 to 16"})
    void keyHeadsDivideTheHeads(int keyHeads, String said) {
        assertThatThrownBy(() -> read(Map.of("num_key_value_heads", keyHeads)))
                .isInstanceOf(GenkaException.class)
                .hasMessageContaining("num_key_value_heads (" + keyHeads + ")")
                .hasMessageContaining(said);
    }

    @Test
    void expertsMayBeListedLayerByLayer() {
        List<Integer> seven =
                IntStream.range(0, 27).map(layer -> layer < 20 ? 0 : 1).boxed().toList();
        assertThat(lite(Map.of()).moeLayers()).isEqualTo(26);
        assertThat(lite(Map.of("moe_layer_freq", seven)).moeLayers()).isEqualTo(7);
        assertThatThrownBy(() -> lite(Map.of("moe_layer_freq", seven.subList(0, 5))))
                .hasMessageContaining("must be a list of 27 entries");
        assertThatThrownBy(() -> lite(Map.of("moe_layer_freq", Collections.nCopies(27, 2))))
                .hasMessageContaining("has an entry (2)");
        assertThatThrownBy(() -> lite(Map.of("mlp_only_layers", List.of(27)))).hasMessageContaining("they are 0 to 26");
    }

    /** Mixtral's and GPT-OSS's intermediate_size is an expert's width. */
    @Test
    void anExpertsWidthMayBeTheOnlyOne() {
        assertThat(read(with(GPT_OSS, Map.of())).experts().intermediate()).isEqualTo(2880);
    }

    @Test
    void linearAttentionIsNotPlannedAsFullAttention() {
        Transformer read = read(Map.of("model_type", "qwen3_next", "full_attention_interval", 4));
        assertThat(read.attentionLayers()).isEqualTo(4);
        assertThat(read.mambaLayers()).isEqualTo(12);
        assertThat(read.denseLayers()).isEqualTo(16);
    }

    private static Transformer lite(Map<String, Object> keys) {
        return TransformerConfig.read("lite.json", new Values(with(LITE, keys)));
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
