package genka.plan;

import genka.catalog.Transformer.Attention;
import genka.catalog.Transformer.Experts;
import genka.catalog.Transformer.Extras;
import java.util.List;

/**
 * Norms, biases and other small values of a decoder: what an architecture (model_type) is known to have, and what the keys of its
 * config.json say.
 */
final class TransformerExtras {
    /** Norms subtract the mean and add a bias. */
    private static final List<String> LAYER_NORM = List.of(
            "gpt2",
            "gpt_neox",
            "gptj",
            "opt",
            "bloom",
            "falcon",
            "phi",
            "starcoder2",
            "gpt_bigcode",
            "stablelm",
            "nemotron");
    /** Products of attention and of feed-forward parts add a bias. */
    private static final List<String> BIASES =
            List.of("gpt2", "gpt_neox", "opt", "bloom", "phi", "starcoder2", "gpt_bigcode");
    /** Queries, keys and values have a bias, and nothing else has. */
    private static final List<String> KEY_BIAS = List.of("qwen2", "qwen2_moe");
    /** Attention and feed-forward part stand side by side behind one norm. */
    private static final List<String> ONE_NORM = List.of("gptj", "phi", "cohere");
    /** What a part of a layer gives is normalised, too. */
    private static final List<String> NORMS_AFTER = List.of("gemma2", "gemma3", "gemma3_text", "glm4");
    /** Queries and keys are normalised over all heads together. */
    private static final List<String> WHOLE_NORM = List.of("olmo2", "olmo3", "olmoe", "minimax_m2");

    private final ConfigKeys keys;
    private final String type;
    private final long hidden;
    private final long vocab;
    private final Attention attention;

    private TransformerExtras(ConfigKeys keys, String type, long hidden, long vocab, Attention attention) {
        this.keys = keys;
        this.type = type;
        this.hidden = hidden;
        this.vocab = vocab;
        this.attention = attention;
    }

    static Extras read(
            ConfigKeys keys, String type, int hidden, int vocab, Attention attention, long inner, Experts experts) {
        return new TransformerExtras(keys, type, hidden, vocab, attention).extras(inner, experts);
    }

    static boolean normsQueries(ConfigKeys keys, String type) {
        return keys.truth("use_qk_norm")
                .orElse(type.startsWith("qwen3") || type.startsWith("gemma3") || WHOLE_NORM.contains(type));
    }

    private Extras extras(long inner, Experts experts) {
        long norm = norm();
        long each = NORMS_AFTER.contains(type) ? 2 * norm : norm;
        boolean biased = biased("mlp_bias") || type.equals("gpt_oss");
        long router =
                type.equals("gpt_oss") || keys.text("topk_method").orElse("").equals("noaux_tc") ? experts.routed() : 0;
        long gate = type.equals("qwen2_moe") ? hidden : 0;
        return new Extras(
                each + queryKeyNorms() + biases() + indexer() + (type.equals("gpt_oss") ? attention.heads() : 0),
                (ONE_NORM.contains(type) ? 0 : each) + (biased ? inner + hidden : 0),
                each + router + gate,
                biased ? 2L * experts.intermediate() + hidden : 0,
                3 * norm,
                norm + positions() + (type.equals("bloom") ? norm : 0) + headBias());
    }

    /** Values of one norm of hidden states. */
    private long norm() {
        if (type.equals("olmo")) {
            return 0;
        }
        return LAYER_NORM.contains(type) || biased("norm_bias") ? 2 * hidden : hidden;
    }

    private boolean biased(String key) {
        return keys.truth(key)
                .orElse(BIASES.contains(type) || keys.truth("bias").orElse(false));
    }

    private long queryKeyNorms() {
        if (attention.latent()) {
            return (long) attention.qLora() + attention.kvLora();
        }
        if (!attention.normed()) {
            return 0;
        }
        long heads = WHOLE_NORM.contains(type) ? attention.heads() + attention.kvHeads() : 2;
        return heads * attention.qkDim();
    }

    private long biases() {
        boolean all = biased("attention_bias") || type.equals("gpt_oss");
        if (attention.latent()) {
            return all ? (long) attention.qLora() + attention.kvLora() + attention.ropeDim() + hidden : 0;
        }
        long projected = (long) attention.heads() * attention.qkDim()
                + (long) attention.kvHeads() * (attention.qkDim() + attention.vDim());
        boolean some = KEY_BIAS.contains(type) || keys.truth("use_qkv_bias").orElse(false);
        return (all || some ? projected : 0) + (all ? hidden : 0);
    }

    /** What picks the tokens that sparse attention attends to (DeepSeek-V3.2, arXiv 2512.02556 §2.1), its norm included. */
    private long indexer() {
        if (attention.sparse() == 0) {
            return 0;
        }
        long heads = keys.whole(64, 1, TransformerConfig.WIDEST, "index_n_heads");
        long width = keys.whole(128, 1, TransformerConfig.WIDEST, "index_head_dim");
        return attention.qLora() * heads * width + hidden * width + hidden * heads + 2 * width;
    }

    /** Learned positions; OPT's begin at two. */
    private long positions() {
        int shift = type.equals("opt") ? 2 : 0;
        boolean learned = List.of("gpt2", "opt", "gpt_bigcode").contains(type)
                || keys.truth("learned_pos_emb").orElse(false);
        if (!learned) {
            return 0;
        }
        long most = keys.whole(0, 0, Integer.MAX_VALUE, "n_positions", "max_position_embeddings", "max_seq_len");
        return hidden * (most + shift);
    }

    private long headBias() {
        return type.equals("phi") || type.equals("gptj") ? vocab : 0;
    }
}
