package genka.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import genka.testkit.Golden;
import genka.units.Fault;
import genka.units.GenkaException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class ModelConfigTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "v3_tiny",
                "v3_groups_yarn",
                "v3_no_qlora",
                "v2_lite",
                "v2_grouped",
                "llama",
                "llama_tied",
                "qwen2",
                "qwen3",
                "v3_fp8",
                "v3_fp8_ue8m0",
                "v3_mtp"
            })
    void bothKeyStylesDescribeTheSameModel(String name) {
        ModelSpec saved = ModelConfig.read(Golden.path(name + "/config.json"));
        assertThat(ModelConfig.read(Golden.path(name + "/published_config.json")))
                .isEqualTo(saved);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "v3_tiny",
                "v3_groups_yarn",
                "v3_no_qlora",
                "v2_lite",
                "v2_grouped",
                "llama",
                "llama_tied",
                "qwen2",
                "qwen3",
                "v3_mtp",
                "v3_bf16",
                "sharded"
            })
    void whatIsWrittenReadsBackEqual(String name, @TempDir Path dir) throws Exception {
        ModelSpec spec = ModelConfig.read(Golden.path(name + "/config.json"));
        Path file = dir.resolve("config.json");
        Files.writeString(file, ModelConfigJson.text(spec));
        assertThat(ModelConfig.read(file)).isEqualTo(spec);
    }

    @Test
    void aDenseDeepseekModelReadsBackEqual() {
        ModelSpec dense = change("v3_tiny", "\"n_routed_experts\": 4", "\"n_routed_experts\": null");
        assertThat(dense.moe()).isEmpty();
        assertThat(ModelConfig.read(ModelConfigJson.json(dense), "config.json")).isEqualTo(dense);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"hidden_size\": 64 | \"hidden_size\": -64 | config.json: hidden_size (-64) must be positive. Maybe you meant 64?",
                "\"model_type\": \"deepseek_v3\" | \"model_type\": \"deepseek_v33\" | Maybe you meant deepseek_v3?",
                "\"model_type\": \"deepseek_v3\" | \"model_type\": 3 | model_type (3) must be text",
                "\"rope_interleave\": true | \"rope_interleave\": false | rope_interleave (false) is not supported",
                "\"rope_type\": \"default\" | \"rope_type\": \"yarm\" | rope_parameters.rope_type (\"yarm\") is unknown. Maybe you meant yarn?",
                "\"scoring_func\": \"sigmoid\" | \"scoring_func\": \"softmax\" | scoring_func (\"softmax\") does not exist in deepseek_v3",
                "\"vocab_size\": 64 | \"vocab_size\": 1e300 | vocab_size (1.0E300) must lie between 1 and",
                "\"eos_token_id\": 1 | \"eos_token_id\": [1, 64] | eos_token_id ([1,64]) must lie between 0 and 63",
                "\"attention_bias\": false | \"attention_bias\": true | attention_bias (true) is not supported",
                "\"attention_bias\": false | \"attention_bias\": 0 | attention_bias (0) must be true or false",
                "\"num_key_value_heads\": 4 | \"num_key_value_heads\": 2 | num_key_value_heads (2) must equal num_attention_heads (4)",
                "\"rms_norm_eps\": 1e-06 | \"rms_norm_eps\": \"1e-6\" | must be a number, not text",
                "\"hidden_act\": \"silu\" | \"hidden_act\": \"gelu\" | Maybe you meant silu?",
                "\"v_head_dim\": 24 | \"v_head_dim\": 24, \"v_head_dim\": 24 | is not JSON",
            })
    void aWrongValueIsNamedWithItsKeyAndAdvice(String from, String to, String message) {
        assertThatThrownBy(() -> change("v3_tiny", from, to))
                .isInstanceOfSatisfying(
                        GenkaException.class, e -> assertThat(e.fault()).isEqualTo(Fault.USER))
                .hasMessageContaining(message);
    }

    /** Eight experts in four groups, of which a token may use two: four experts. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"num_experts_per_tok\": 3 | \"num_experts_per_tok\": 5 | must be at most 4: topk_group (2) leaves only 4 experts",
                "\"num_experts_per_tok\": 3 | \"num_experts_per_tok\": 9 | must be at most n_routed_experts (8)",
                "\"topk_group\": 2 | \"topk_group\": 5 | topk_group (5) must be at most n_group (4)",
                "\"n_group\": 4 | \"n_group\": 3 | n_group (3) must divide n_routed_experts (8)",
                "\"n_group\": 4 | \"n_group\": 8 | must leave two experts a group or more",
            })
    void expertsThatNoTokenCanChooseAreRefused(String from, String to, String message) {
        assertThatThrownBy(() -> change("v3_groups_yarn", from, to)).hasMessageContaining(message);
    }

    @Test
    void expertsAreWhereALayerOrAModuleHasThem() {
        String key = "\"num_experts_per_tok\": 3";
        ModelSpec all = change("v3_groups_yarn", key, "\"num_experts_per_tok\": 4");
        assertThat(all.moe().orElseThrow().expertsPerToken()).isEqualTo(4);
        String first = "\"first_k_dense_replace\": ";
        assertThat(change("v3_groups_yarn", first + 1, first + 2).moe()).isPresent();
        assertThat(change("v3_groups_yarn", first + 1, first + 3).moe()).isEmpty();
        assertThat(change("v3_mtp", first + 1, first + mtpLayers()).moe())
                .as("the module after them")
                .isPresent();
    }

    private static int mtpLayers() {
        return ModelConfig.read(Golden.path("v3_mtp/config.json")).layers();
    }

    @Test
    void allProblemsAreToldTogether() {
        var config = JSON.readTree(
                "{\"model_type\":\"deepseek_v3\",\"hidden_size\":\"8\",\"num_hidden_layers\":2.5,\"rms_norm_eps\":-1}");
        assertThatThrownBy(() -> ModelConfig.read(config, "r.yaml"))
                .hasMessageContaining("r.yaml: hidden_size (\"8\") must be a whole number, not text.")
                .hasMessageContaining("r.yaml: num_hidden_layers (2.5) must be a whole number.")
                .hasMessageContaining("r.yaml: rms_norm_eps (-1) must be above 0.")
                .hasMessageContaining("r.yaml: vocab_size is missing.")
                .hasMessageContaining("r.yaml: q_lora_rank is missing.");
    }

    @Test
    void severalEndTokensAndUnknownKeysAreFine() {
        ModelSpec spec =
                change("v3_tiny", "\"eos_token_id\": 1", "\"eos_token_id\": [1, 2], \"auto_map\": {\"a\": []}");
        assertThat(spec.eosIds()).containsExactly(1, 2);
        assertThat(ModelConfig.read(ModelConfigJson.json(spec), "config.json")).isEqualTo(spec);
    }

    private static ModelSpec change(String name, String from, String to) {
        try {
            String text = Files.readString(Golden.path(name + "/config.json"));
            assertThat(text).contains(from);
            Path dir = Files.createTempDirectory("config");
            Path file = dir.resolve("config.json");
            try {
                Files.writeString(file, text.replace(from, to));
                return ModelConfig.read(file);
            } finally {
                Files.deleteIfExists(file);
                Files.delete(dir);
            }
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
