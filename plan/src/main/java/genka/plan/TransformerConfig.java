package genka.plan;

import genka.catalog.Transformer;
import genka.units.GenkaException;
import genka.units.Words;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the keys of a Hugging Face config.json, whatever the architecture calls them: dense, grouped and latent attention, sliding
 * windows, experts, state-space hybrids, multi-token prediction. Keys that do not change time or memory are not looked at;
 * the others must mean something ({@link ConfigKeys}).
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

    /** Of widths; more than any model has, and few enough to count the parameters of. */
    static final int WIDEST = 1_000_000;

    private static final double MOST_PARAMETERS = 1e15;
    private static final int MOST_HEADS = 10_000;
    private static final int LARGEST_VOCAB = 100_000_000;
    /** Their intermediate_size is the width of layers without experts only. */
    private static final List<String> NARROW_EXPERTS = List.of("deepseek", "kimi", "qwen", "glm4_moe");

    private final String name;
    private final ConfigKeys keys;
    private final String type;

    private TransformerConfig(String name, ConfigKeys keys) {
        this.name = name;
        this.keys = keys;
        this.type = keys.text("model_type").orElse("").toLowerCase(Locale.ROOT);
    }

    static Transformer read(String name, Values values) {
        Map<Object, Object> flat = new HashMap<>(values.entries());
        SECTIONS.forEach(section -> flat.putAll(values.section(section).entries()));
        Transformer model = new TransformerConfig(name, new ConfigKeys(name, new Values(flat))).transformer();
        double parameters = model.replicatedLayerParameters() + model.routedParameters() + model.tableParameters();
        if (parameters > MOST_PARAMETERS) {
            throw GenkaException.user(name + " has " + Words.count(parameters) + " parameters; a plan takes up to "
                    + Words.count(MOST_PARAMETERS) + ". Maybe look at its widths, layers and experts?");
        }
        return model;
    }

    private Transformer transformer() {
        TransformerTypes.check(keys, type);
        int hidden = required(WIDEST, "hidden_size", "d_model", "n_embd");
        int vocab = required(LARGEST_VOCAB, "vocab_size", "n_vocab");
        int layers = keys.whole(0, 1, TransformerLayers.MOST, "num_hidden_layers", "n_layers", "n_layer");
        TransformerLayers kinds = new TransformerLayers(keys, type, layers);
        // GPT-Neo's key of that name is a list of kinds
        int attentionLayers =
                keys.list("attention_layers") ? layers : layers(layers - kinds.linear(), "attention_layers");
        int mambaLayers = layers(kinds.linear(), "mamba_layers");
        if (attentionLayers + mambaLayers <= 0) {
            throw GenkaException.user(name + " has no num_hidden_layers. Maybe it is no decoder's config.json?");
        }
        Transformer.Experts experts = experts();
        Transformer.Attention attention = attention(hidden);
        int sparse = experts.routed() > 0 ? kinds.withExperts() : 0;
        int moeLayers = keys.list("moe_layers") ? sparse : layers(sparse, "moe_layers");
        int denseLayers = layers(Math.max(0, layers - moeLayers), "dense_layers");
        int inner = width(4 * hidden, "intermediate_size", "ffn_hidden_size", "n_inner", "ffn_dim");
        int window = keys.whole(0, 0, Integer.MAX_VALUE, type.equals("gpt_neo") ? "window_size" : "sliding_window");
        return new Transformer(
                name,
                hidden,
                vocab,
                keys.truth("tie_word_embeddings").orElse(TIED.contains(type)),
                attention,
                attentionLayers,
                window > 0 ? kinds.windowed() : 0,
                window,
                denseLayers,
                inner,
                keys.truth("gated").orElse(!TWO_MATRICES.contains(type)),
                experts,
                moeLayers,
                mambaLayers,
                width(kinds.linear() > 0 ? linearInner() : 2 * hidden, "mamba_inner"),
                keys.whole(0, 0, Math.max(1, layers), "num_nextn_predict_layers"),
                TransformerExtras.read(keys, type, hidden, vocab, attention, inner, experts),
                true);
    }

    private int linearInner() {
        return keys.whole(32, 1, MOST_HEADS, "linear_num_value_heads")
                * keys.whole(128, 1, MOST_HEADS, "linear_value_head_dim");
    }

    private Transformer.Attention attention(int hidden) {
        int heads = keys.whole(Math.max(1, hidden / 128), 1, MOST_HEADS, "num_attention_heads", "n_heads", "n_head");
        if (rank("kv_lora_rank") > 0) {
            int rope = keys.whole(64, 0, WIDEST, "qk_rope_head_dim");
            return new Transformer.Attention(
                    heads,
                    heads,
                    width(128, "qk_nope_head_dim") + rope,
                    width(128, "v_head_dim"),
                    rank("q_lora_rank"),
                    rank("kv_lora_rank"),
                    rope,
                    keys.whole(0, 0, Integer.MAX_VALUE, "index_topk"),
                    false);
        }
        int headDim = keys.whole(1, 100_000, "head_dim", "kv_channels").orElseGet(() -> {
            if (hidden % heads != 0) {
                throw GenkaException.user(name + ": hidden_size (" + hidden
                        + ") is no multiple of num_attention_heads (" + heads + "). Maybe it lacks head_dim?");
            }
            return hidden / heads;
        });
        return Transformer.Attention.grouped(
                heads, keyHeads(heads), headDim, TransformerExtras.normsQueries(keys, type));
    }

    private int keyHeads(int heads) {
        boolean one = keys.truth("multi_query").orElse(false)
                && !keys.truth("new_decoder_architecture").orElse(false);
        int keyHeads = keys.whole(
                one ? 1 : heads, 1, heads, "num_key_value_heads", "n_kv_heads", "num_kv_heads", "kv_n_heads");
        if (heads % keyHeads != 0) {
            throw GenkaException.user(name + ": num_key_value_heads (" + keyHeads
                    + ") must divide num_attention_heads (" + heads + "). Maybe " + divisor(heads, keyHeads) + "?");
        }
        return keyHeads;
    }

    /** The nearest below. */
    private static int divisor(int heads, int near) {
        int divisor = near;
        while (heads % divisor != 0) {
            divisor--;
        }
        return divisor;
    }

    private Transformer.Experts experts() {
        int routed =
                keys.whole(0, 0, MOST_HEADS, "n_routed_experts", "num_experts", "num_local_experts", "moe_num_experts");
        if (routed == 0) {
            return Transformer.Experts.NONE;
        }
        int width = keys.whole(1, WIDEST, "moe_intermediate_size", "moe_ffn_hidden_size")
                .or(() -> NARROW_EXPERTS.stream().anyMatch(type::startsWith)
                        ? Optional.empty()
                        : keys.whole(1, WIDEST, "intermediate_size", "ffn_hidden_size"))
                .orElseThrow(() -> lacking("moe_intermediate_size", "the width of an expert"));
        int perToken = keys.whole(
                        1, routed, "num_experts_per_tok", "num_experts_per_token", "moe_top_k", "experts_per_token")
                .orElseThrow(() -> lacking("num_experts_per_tok", "how many of them a token goes to"));
        int shared = keys.whole(0, 0, 1000, "n_shared_experts", "num_shared_experts");
        int groups = Math.max(1, keys.whole(MOST_HEADS, 0, MOST_HEADS, "n_group"));
        int perNode = keys.whole(0, 0, groups, "topk_group");
        return new Transformer.Experts(
                routed,
                perToken,
                width,
                keys.whole(width * shared, 0, WIDEST, "shared_expert_intermediate_size"),
                keys.whole(0, 0, WIDEST, "moe_latent_size"),
                perNode > 1 ? perNode : 0);
    }

    private GenkaException lacking(String key, String what) {
        return GenkaException.user(name + " has experts but no " + key + ": " + what
                + ". Maybe look it up in the model's own config.json?");
    }

    private int required(int most, String... names) {
        return keys.whole(1, most, names)
                .orElseThrow(() -> GenkaException.user(name + " has no " + names[0] + ". Maybe it is no config.json?"));
    }

    private int layers(int fallback, String key) {
        return keys.whole(fallback, 0, TransformerLayers.MOST, key);
    }

    private int width(int fallback, String... names) {
        return keys.whole(fallback, 1, 10 * WIDEST, names);
    }

    private int rank(String key) {
        return keys.whole(0, 0, WIDEST, key);
    }
}
