package genka.catalog;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes a {@link ModelSpec} as a config.json that transformers loads, with the keys of published repositories (which every version
 * understands) and {@code dtype} float32, since Genka saves its weights so.
 */
public final class ModelConfigJson {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Map<String, String> ARCHITECTURES = Map.of(
            "deepseek_v3", "DeepseekV3ForCausalLM",
            "deepseek_v2", "DeepseekV2ForCausalLM",
            "llama", "LlamaForCausalLM",
            "qwen2", "Qwen2ForCausalLM",
            "qwen3", "Qwen3ForCausalLM");

    private ModelConfigJson() {}

    /** The config as text, ending in a newline. {@code quantization_config} is left out: saved weights are float32. */
    public static String text(ModelSpec spec) {
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json(spec)) + "\n";
    }

    /** The class that transformers builds for a model type. */
    public static String architecture(ModelSpec spec) {
        return ARCHITECTURES.getOrDefault(spec.modelType(), spec.modelType());
    }

    public static ObjectNode json(ModelSpec spec) {
        ObjectNode config = JSON.createObjectNode();
        config.putArray("architectures").add(architecture(spec));
        config.put("model_type", spec.modelType());
        config.put("dtype", "float32");
        config.put("torch_dtype", "float32");
        config.put("vocab_size", spec.vocabSize());
        config.put("hidden_size", spec.hiddenSize());
        config.put("intermediate_size", spec.intermediateSize());
        config.put("num_hidden_layers", spec.layers());
        config.put("hidden_act", "silu");
        config.put("rms_norm_eps", spec.rmsNormEps());
        config.put("max_position_embeddings", spec.maxPositions());
        config.put("tie_word_embeddings", spec.tiedEmbeddings());
        attention(config, spec.attention());
        if (spec.modelType().startsWith("deepseek")) {
            experts(config, spec);
        }
        rope(config, spec.rope());
        tokens(config, spec);
        return config;
    }

    private static void attention(ObjectNode config, AttentionSpec attention) {
        config.put("num_attention_heads", attention.heads());
        switch (attention) {
            case AttentionSpec.Mla mla -> {
                config.put("attention_bias", false);
                config.put("num_key_value_heads", mla.heads());
                if (mla.qLoraRank() == 0) {
                    config.putNull("q_lora_rank");
                } else {
                    config.put("q_lora_rank", mla.qLoraRank());
                }
                config.put("kv_lora_rank", mla.kvLoraRank());
                config.put("qk_nope_head_dim", mla.qkNopeHeadDim());
                config.put("qk_rope_head_dim", mla.qkRopeHeadDim());
                config.put("v_head_dim", mla.vHeadDim());
            }
            case AttentionSpec.Gqa gqa -> {
                config.put("num_key_value_heads", gqa.kvHeads());
                config.put("head_dim", gqa.headDim());
            }
        }
    }

    private static void experts(ObjectNode config, ModelSpec spec) {
        if (spec.modelType().equals("deepseek_v3")) {
            config.put("num_nextn_predict_layers", spec.mtpModules());
        }
        // Without experts every layer is before the first that has them; the counts then only have to be sound.
        boolean v3 = spec.modelType().equals("deepseek_v3");
        MoeSpec moe = spec.moe()
                .orElseGet(() -> new MoeSpec(
                        2,
                        1,
                        1,
                        spec.intermediateSize(),
                        spec.layers() + spec.mtpModules(),
                        1,
                        v3 ? MoeSpec.Scoring.SIGMOID : MoeSpec.Scoring.SOFTMAX,
                        v3 ? MoeSpec.Selection.NOAUX_TC : MoeSpec.Selection.GREEDY,
                        1,
                        1,
                        v3,
                        1));
        config.put("first_k_dense_replace", moe.firstDense());
        config.put("moe_layer_freq", moe.layerFrequency());
        config.put("moe_intermediate_size", moe.intermediateSize());
        config.put("n_routed_experts", moe.routedExperts());
        config.put("num_experts_per_tok", moe.expertsPerToken());
        config.put("n_shared_experts", moe.sharedExperts());
        config.put("n_group", moe.groups());
        config.put("topk_group", moe.keptGroups());
        config.put("scoring_func", moe.scoring().name().toLowerCase(Locale.ROOT));
        config.put("topk_method", moe.selection().name().toLowerCase(Locale.ROOT));
        config.put("norm_topk_prob", moe.normalised());
        config.put("routed_scaling_factor", moe.scalingFactor());
    }

    private static void rope(ObjectNode config, RopeSpec rope) {
        config.put("rope_theta", rope.theta());
        switch (rope) {
            case RopeSpec.Plain _ -> config.putNull("rope_scaling");
            case RopeSpec.Yarn yarn -> {
                ObjectNode scaling = scaling(config, "yarn", yarn.factor(), yarn.originalMaxPositions());
                scaling.put("beta_fast", yarn.betaFast());
                scaling.put("beta_slow", yarn.betaSlow());
                if (yarn.mscaleAllDim() > 0) {
                    scaling.put("mscale", yarn.mscale());
                    scaling.put("mscale_all_dim", yarn.mscaleAllDim());
                }
            }
            case RopeSpec.Llama3 llama3 -> {
                ObjectNode scaling = scaling(config, "llama3", llama3.factor(), llama3.originalMaxPositions());
                scaling.put("low_freq_factor", llama3.lowFreqFactor());
                scaling.put("high_freq_factor", llama3.highFreqFactor());
            }
        }
    }

    private static ObjectNode scaling(ObjectNode config, String type, double factor, int original) {
        ObjectNode scaling = config.putObject("rope_scaling");
        scaling.put("rope_type", type);
        scaling.put("type", type);
        scaling.put("factor", factor);
        scaling.put("original_max_position_embeddings", original);
        return scaling;
    }

    private static void tokens(ObjectNode config, ModelSpec spec) {
        token(config, "bos_token_id", spec.bosId().stream().toList());
        token(config, "eos_token_id", spec.eosIds());
        token(config, "pad_token_id", spec.padId().stream().toList());
    }

    private static void token(ObjectNode config, String key, List<Integer> ids) {
        if (ids.isEmpty()) {
            config.putNull(key);
        } else if (ids.size() == 1) {
            config.put(key, ids.getFirst());
        } else {
            ArrayNode list = config.putArray(key);
            ids.forEach(list::add);
        }
    }
}
