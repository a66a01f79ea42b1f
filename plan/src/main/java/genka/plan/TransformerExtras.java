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

    private final Values values;
    private final String type;
    private final long hidden;
    private final Attention attention;

    private TransformerExtras(Values values, String type, long hidden, Attention attention) {
        this.values = values;
        this.type = type;
        this.hidden = hidden;
        this.attention = attention;
    }

    static Extras read(Values values, String type, int hidden, Attention attention, long inner, Experts experts) {
        return new TransformerExtras(values, type, hidden, attention).extras(inner, experts);
    }

    static boolean normsQueries(Values values, String type) {
        return values.truth("use_qk_norm")
                .orElse(type.startsWith("qwen3") || type.startsWith("gemma3") || WHOLE_NORM.contains(type));
    }

    private Extras extras(long inner, Experts experts) {
        long norm = norm();
        long each = NORMS_AFTER.contains(type) ? 2 * norm : norm;
        boolean biased = biased("mlp_bias") || type.equals("gpt_oss");
        long router =
                type.equals("gpt_oss") || values.text("topk_method").orElse("").equals("noaux_tc")
                        ? experts.routed()
                        : 0;
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
        return values.truth(key)
                .orElse(BIASES.contains(type) || values.truth("bias").orElse(false));
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
        long keys = (long) attention.heads() * attention.qkDim()
                + (long) attention.kvHeads() * (attention.qkDim() + attention.vDim());
        boolean some = KEY_BIAS.contains(type) || values.truth("use_qkv_bias").orElse(false);
        return (all || some ? keys : 0) + (all ? hidden : 0);
    }

    /** What picks the tokens that sparse attention attends to (DeepSeek-V3.2, arXiv 2512.02556 §2.1), its norm included. */
    private long indexer() {
        if (attention.sparse() == 0) {
            return 0;
        }
        long heads = values.whole("index_n_heads").orElse(64);
        long width = values.whole("index_head_dim").orElse(128);
        return attention.qLora() * heads * width + hidden * width + hidden * heads + 2 * width;
    }

    /** Learned positions; OPT's begin at two. */
    private long positions() {
        int shift = type.equals("opt") ? 2 : 0;
        boolean learned = List.of("gpt2", "opt", "gpt_bigcode").contains(type)
                || values.truth("learned_pos_emb").orElse(false);
        int most = values.whole("n_positions", "max_position_embeddings", "max_seq_len")
                .orElse(0);
        return learned ? hidden * (most + shift) : 0;
    }

    private long headBias() {
        return type.equals("phi") || type.equals("gptj")
                ? values.whole("vocab_size").orElse(0)
                : 0;
    }
}
