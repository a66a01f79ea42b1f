package genka.plan;

import genka.catalog.Transformer;
import genka.units.GenkaException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Reads the keys of a Hugging Face config.json, whatever the architecture calls them: dense, grouped and latent attention, sliding
 * windows, experts, state-space hybrids, multi-token prediction. Keys that do not change time or memory are not looked at.
 */
final class TransformerConfig {
    private static final List<String> TWO_MATRICES = List.of(
            "gpt2",
            "gpt_neox",
            "gpt_neo",
            "gptj",
            "gpt_bigcode",
            "mpt",
            "falcon",
            "opt",
            "bloom",
            "nemotron",
            "apertus",
            "phi",
            "starcoder2");
    /** Embedding and head are one table unless their config.json says otherwise. */
    private static final List<String> TIED = List.of(
            "gpt2", "gpt_bigcode", "mpt", "opt", "bloom", "starcoder2", "cohere", "gemma", "gemma2", "gemma3_text");
    /** Sections in which some architectures keep keys of the decoder. */
    private static final List<String> SECTIONS = List.of("text_config", "attn_config", "ffn_config");

    private final String name;
    private final Values values;
    private final String type;

    private TransformerConfig(String name, Values values) {
        this.name = name;
        this.values = values;
        this.type = values.text("model_type").orElse("").toLowerCase(Locale.ROOT);
    }

    static Transformer read(String name, Values values) {
        Map<Object, Object> flat = new HashMap<>(values.entries());
        SECTIONS.forEach(section -> flat.putAll(values.section(section).entries()));
        return new TransformerConfig(name, new Values(flat)).transformer();
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
        Transformer.Attention attention = attention(hidden);
        int moeLayers = whole(experts.routed() > 0 ? moeLayers(layers) : 0, "moe_layers");
        int denseLayers = whole(Math.max(0, layers - moeLayers), "dense_layers");
        int inner = whole(4 * hidden, "intermediate_size", "ffn_hidden_size", "n_inner", "ffn_dim");
        int window = whole(0, "sliding_window");
        return new Transformer(
                name,
                hidden,
                required("vocab_size", "n_vocab"),
                values.truth("tie_word_embeddings").orElse(TIED.contains(type)),
                attention,
                attentionLayers,
                window > 0 ? TransformerWindows.layers(new ConfigKeys(name, values), type, attentionLayers) : 0,
                window,
                denseLayers,
                inner,
                values.truth("gated").orElse(!TWO_MATRICES.contains(type)),
                experts,
                moeLayers,
                mambaLayers,
                whole(2 * hidden, "mamba_inner"),
                whole(0, "num_nextn_predict_layers"),
                TransformerExtras.read(values, type, hidden, attention, inner, experts),
                true);
    }

    /** Every n-th layer from the first that is not dense; some count the n-th as the last of n (Qwen, Llama 4). */
    private int moeLayers(int layers) {
        int firstDense = whole(0, "first_k_dense_replace");
        int every = Math.max(1, whole(1, "decoder_sparse_step", "interleave_moe_layer_step"));
        int from = Math.max(1, whole(1, "moe_layer_freq"));
        List<String> dense = values.texts("mlp_only_layers");
        return (int) IntStream.range(Math.min(layers, firstDense), layers)
                .filter(layer -> layer % from == 0 && (layer + 1) % every == 0 && !dense.contains("" + layer))
                .count();
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
        return Transformer.Attention.grouped(
                heads, keyHeads(heads), headDim, TransformerExtras.normsQueries(values, type));
    }

    private int keyHeads(int heads) {
        boolean one = values.truth("multi_query").orElse(false)
                && !values.truth("new_decoder_architecture").orElse(false);
        return whole(one ? 1 : heads, "num_key_value_heads", "n_kv_heads", "num_kv_heads", "kv_n_heads");
    }

    private Transformer.Experts experts() {
        int routed = whole(0, "n_routed_experts", "num_experts", "num_local_experts", "moe_num_experts");
        if (routed == 0) {
            return Transformer.Experts.NONE;
        }
        int width =
                whole(whole(0, "intermediate_size", "ffn_hidden_size"), "moe_intermediate_size", "moe_ffn_hidden_size");
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
