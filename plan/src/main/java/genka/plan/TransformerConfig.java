package genka.plan;

import genka.units.GenkaException;
import java.util.List;
import java.util.Locale;

/**
 * Reads the keys of a Hugging Face config.json, whatever the architecture calls them: dense, grouped and latent attention, sliding
 * windows, experts, state-space hybrids, multi-token prediction. Keys that do not change time or memory are not looked at.
 */
final class TransformerConfig {
    private static final List<String> TWO_MATRICES = List.of(
            "gpt2", "gpt_neox", "gpt_neo", "gptj", "mpt", "falcon", "opt", "bloom", "nemotron", "phi", "starcoder2");

    private final String name;
    private final Values values;

    private TransformerConfig(String name, Values values) {
        this.name = name;
        this.values = values;
    }

    static Transformer read(String name, Values values) {
        return new TransformerConfig(name, values).transformer();
    }

    private Transformer transformer() {
        int hidden = required("hidden_size", "d_model", "n_embd");
        int layers = whole(0, "num_hidden_layers", "n_layers", "n_layer");
        int attentionLayers = whole(layers, "attention_layers");
        int mambaLayers = whole(0, "mamba_layers");
        if (attentionLayers + mambaLayers <= 0) {
            throw GenkaException.user(name + " has no num_hidden_layers. Maybe it is no decoder's config.json?");
        }
        Transformer.Experts experts = experts();
        boolean routed = experts.routed() > 0;
        int firstDense = Math.min(layers, whole(0, "first_k_dense_replace"));
        int frequency = Math.max(1, whole(1, "moe_layer_freq", "decoder_sparse_step", "interleave_moe_layer_step"));
        int moeLayers = whole(routed ? (layers - firstDense) / frequency : 0, "moe_layers");
        int denseLayers = whole(Math.max(0, layers - moeLayers), "dense_layers");
        int window = whole(0, "sliding_window");
        boolean windowed = window > 0 && values.truth("use_sliding_window").orElse(true);
        return new Transformer(
                name,
                hidden,
                required("vocab_size", "n_vocab"),
                values.truth("tie_word_embeddings").orElse(false),
                attention(hidden),
                attentionLayers,
                windowed ? whole(attentionLayers, "window_layers") : 0,
                window,
                denseLayers,
                whole(4 * hidden, "intermediate_size", "ffn_hidden_size", "n_inner", "ffn_dim"),
                gated(),
                experts,
                moeLayers,
                mambaLayers,
                whole(2 * hidden, "mamba_inner"),
                whole(0, "num_nextn_predict_layers"),
                true);
    }

    private boolean gated() {
        String type = values.text("model_type").orElse("").toLowerCase(Locale.ROOT);
        return values.truth("gated").orElse(!TWO_MATRICES.contains(type));
    }

    private Transformer.Attention attention(int hidden) {
        int heads = whole(Math.max(1, hidden / 128), "num_attention_heads", "n_heads", "n_head");
        if (values.whole("kv_lora_rank").orElse(0) > 0) {
            int rope = whole(64, "qk_rope_head_dim");
            return new Transformer.Attention(
                    heads,
                    heads,
                    whole(128, "qk_nope_head_dim") + rope,
                    whole(128, "v_head_dim"),
                    whole(0, "q_lora_rank"),
                    whole(0, "kv_lora_rank"),
                    rope,
                    whole(0, "index_topk"),
                    false);
        }
        int headDim = whole(Math.max(1, hidden / Math.max(1, heads)), "head_dim", "kv_channels");
        String type = values.text("model_type").orElse("");
        boolean normed = values.truth("use_qk_norm").orElse(type.startsWith("qwen3") || type.startsWith("olmo2"));
        return Transformer.Attention.grouped(
                heads, whole(heads, "num_key_value_heads", "n_kv_heads", "num_kv_heads"), headDim, normed);
    }

    private Transformer.Experts experts() {
        int routed = whole(0, "n_routed_experts", "num_experts", "num_local_experts", "moe_num_experts");
        if (routed == 0) {
            return Transformer.Experts.NONE;
        }
        int width = whole(whole(0, "intermediate_size"), "moe_intermediate_size", "moe_ffn_hidden_size");
        int shared =
                whole(width * whole(0, "n_shared_experts", "num_shared_experts"), "shared_expert_intermediate_size");
        int perNode = whole(0, "topk_group");
        return new Transformer.Experts(
                routed,
                whole(1, "num_experts_per_tok", "num_experts_per_token", "moe_top_k", "experts_per_token"),
                width,
                shared,
                whole(0, "moe_latent_size"),
                perNode > 1 ? perNode : 0);
    }

    private int required(String key, String... others) {
        return values.whole(key, others)
                .orElseThrow(() -> GenkaException.user(name + " has no " + key + ". Maybe it is no config.json?"));
    }

    private int whole(int fallback, String key, String... others) {
        return values.whole(key, others).orElse(fallback);
    }
}
