package genka.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import genka.catalog.GenkaRoot;
import genka.catalog.ModelConfig;
import genka.catalog.ParameterCount;
import genka.catalog.Transformer;
import genka.catalog.YamlFile;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

class TransformerTest {
    private static final Path MODELS = GenkaRoot.path().resolve("facts/models.yaml");

    /** Models of which facts/models.yaml says how many parameters their published weights hold. */
    static Stream<Arguments> counted() {
        Values models = Values.of(YamlFile.read(MODELS)).section("models");
        return models.entries().keySet().stream()
                .map(String::valueOf)
                .filter(name -> models.section(name).has("parameters"))
                .map(name -> Arguments.of(
                        name,
                        models.section(name)
                                .section("parameters")
                                .number("value")
                                .orElseThrow()));
    }

    @ParameterizedTest
    @MethodSource("counted")
    void parametersAreThoseOfThePublishedWeights(String name, double published) {
        assertThat(ParameterCount.of(Transformers.shipped().named(name)).total())
                .isEqualTo((long) published);
    }

    /** Keys of config.json as their makers name them, and the totals of their published weights (safetensors metadata). */
    @Test
    void otherArchitecturesAreCountedFromTheirOwnKeys() {
        Map<String, Object> gpt2 = Map.of(
                "model_type",
                "gpt2",
                "n_embd",
                768,
                "n_layer",
                12,
                "n_head",
                12,
                "n_positions",
                1024,
                "vocab_size",
                50257);
        Map<String, Object> gemma2 = Map.of(
                "model_type", "gemma2",
                "hidden_size", 3584,
                "num_hidden_layers", 42,
                "num_attention_heads", 16,
                "num_key_value_heads", 8,
                "head_dim", 256,
                "intermediate_size", 14336,
                "vocab_size", 256000);
        assertThat(total(gpt2)).isEqualTo(124_439_808);
        assertThat(total(gemma2)).isEqualTo(9_241_705_984L);
        assertThat(total(Map.of("text_config", gemma2))).isEqualTo(9_241_705_984L);
    }

    private static long total(Map<String, Object> config) {
        return ParameterCount.of(TransformerConfig.read("model", new Values(config)))
                .total();
    }

    @Test
    void everyKindOfDecoderIsCounted() {
        Transformers all = Transformers.shipped();
        List<Transformer> counted =
                counted().map(each -> all.named(String.valueOf(each.get()[0]))).toList();
        assertThat(counted).hasSizeGreaterThan(24);
        assertThat(counted).anyMatch(model -> model.attention().latent() && model.mtpModules() > 0);
        assertThat(counted)
                .anyMatch(model -> model.moeLayers() > 0 && !model.attention().latent());
        assertThat(counted)
                .anyMatch(
                        model -> model.attention().kvHeads() < model.attention().heads());
        assertThat(counted).anyMatch(model -> model.attention().normed());
        assertThat(counted).anyMatch(Transformer::tiedEmbeddings);
        assertThat(counted).anyMatch(model -> !model.gated());
    }

    /** Billions a token is multiplied with, the output table included (arXiv 2412.19437, 2401.04088, 2508.10925 table 1). */
    static Stream<Arguments> active() {
        return Stream.of(
                Arguments.of("deepseek-v3", 36.63),
                Arguments.of("llama3-70b", 69.50),
                Arguments.of("mixtral-8x7b", 12.75),
                Arguments.of("qwen3-235b-a22b", 21.57),
                Arguments.of("gpt-oss-120b", 5.13),
                Arguments.of("gpt-oss-20b", 3.61));
    }

    @ParameterizedTest
    @MethodSource("active")
    void activeParametersAreThePublishedOnes(String name, double billions) {
        assertThat(ParameterCount.of(Transformers.shipped().named(name)).active() / 1e9)
                .isCloseTo(billions, within(0.005));
    }

    /** Both readers of config.json, the engine's and the planner's, mean the same model. */
    @ParameterizedTest
    @MethodSource("configs")
    void bothReadersCountTheSame(Map<String, Object> config) {
        Transformer planned = TransformerConfig.read("model", new Values(config));
        ParameterCount engine =
                ParameterCount.of(ModelConfig.read(JsonMapper.shared().valueToTree(config), "config.json"));
        assertThat(ParameterCount.of(planned)).isEqualTo(engine);
    }

    static Stream<Map<String, Object>> configs() {
        Map<String, Object> dense = Map.of(
                "vocab_size", 1000,
                "hidden_size", 256,
                "num_hidden_layers", 5,
                "num_attention_heads", 8,
                "num_key_value_heads", 2,
                "head_dim", 32,
                "intermediate_size", 700,
                "max_position_embeddings", 512);
        Map<String, Object> latent = Map.of(
                "num_key_value_heads", 8,
                "q_lora_rank", 48,
                "kv_lora_rank", 32,
                "qk_nope_head_dim", 16,
                "qk_rope_head_dim", 8,
                "v_head_dim", 16);
        Map<String, Object> experts = Map.of(
                "n_routed_experts", 16,
                "num_experts_per_tok", 4,
                "n_shared_experts", 2,
                "moe_intermediate_size", 96,
                "first_k_dense_replace", 1,
                "n_group", 4,
                "topk_group", 2,
                "topk_method", "noaux_tc",
                "num_nextn_predict_layers", 1);
        return Stream.of(
                with(dense, Map.of("model_type", "llama", "tie_word_embeddings", true)),
                with(dense, Map.of("model_type", "qwen2")),
                with(dense, Map.of("model_type", "qwen3")),
                with(with(dense, latent), with(experts, Map.of("model_type", "deepseek_v3"))));
    }

    private static Map<String, Object> with(Map<String, Object> one, Map<String, Object> other) {
        Map<String, Object> both = new HashMap<>(one);
        both.putAll(other);
        return both;
    }
}
