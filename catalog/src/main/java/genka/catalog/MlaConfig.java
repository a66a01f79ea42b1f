package genka.catalog;

import static genka.catalog.ConfigValues.LARGEST;

/** The keys of multi-head latent attention. */
final class MlaConfig {
    private MlaConfig() {}

    static AttentionSpec read(ConfigValues values) {
        int heads = values.positive("num_attention_heads");
        if (!values.mentions("q_lora_rank")) {
            values.missing("q_lora_rank", " Maybe write null when queries are projected directly.");
        }
        int qRank = values.notNegative("q_lora_rank", 0);
        int kvRank = values.positive("kv_lora_rank");
        int nope = values.positive("qk_nope_head_dim");
        int rope = values.positive("qk_rope_head_dim");
        int value = values.positive("v_head_dim");
        if (rope > 0 && rope % 2 != 0) {
            values.problem(
                    "qk_rope_head_dim",
                    "must be even: rotary positions turn pairs. Maybe you meant " + (rope + 1) + "?");
        }
        int kvHeads = values.positive("num_key_value_heads", heads);
        if (heads > 0 && kvHeads > 0 && kvHeads != heads) {
            values.problem(
                    "num_key_value_heads", "must equal num_attention_heads (" + heads + ") in latent attention.");
        }
        if (heads > 0 && nope > 0 && rope > 0 && value > 0) {
            long widest = (long) heads * Math.max((long) nope + rope, (long) nope + value);
            if (widest > LARGEST) {
                values.problem(
                        "num_attention_heads", "times the head dimensions is " + widest + ", at most " + LARGEST + ".");
            }
        }
        return new AttentionSpec.Mla(heads, qRank, kvRank, nope, rope, value);
    }
}
