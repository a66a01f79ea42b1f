package genka.catalog;

import static genka.catalog.ConfigValues.LARGEST;
import static genka.catalog.ConfigValues.NONE;

/** The keys of grouped-query attention in Llama and Qwen. */
final class GqaConfig {
    private GqaConfig() {}

    static AttentionSpec read(ConfigValues values, String modelType, int hidden) {
        int heads = values.positive("num_attention_heads");
        int kvHeads = values.positive("num_key_value_heads", heads);
        if (heads > 0 && kvHeads > 0 && heads % kvHeads != 0) {
            values.problem("num_key_value_heads", "must divide num_attention_heads (" + heads + ").");
        }
        int headDim = headDim(values, modelType, hidden, heads);
        if (headDim > 0 && headDim % 2 != 0) {
            values.problem("head_dim", "must be even: rotary positions turn pairs, and it is " + headDim + ".");
        }
        if (heads > 0 && headDim > 0 && (long) heads * headDim > LARGEST) {
            values.problem(
                    "num_attention_heads",
                    "times the head dimension is " + (long) heads * headDim + ", at most " + LARGEST + ".");
        }
        return new AttentionSpec.Gqa(heads, kvHeads, headDim, modelType.equals("qwen2"), modelType.equals("qwen3"));
    }

    private static int headDim(ConfigValues values, String modelType, int hidden, int heads) {
        if (values.has("head_dim") || modelType.equals("qwen3")) {
            return values.positive("head_dim", 128);
        }
        if (hidden <= 0 || heads <= 0) {
            return NONE;
        }
        if (hidden % heads != 0) {
            values.problem(
                    "num_attention_heads",
                    "must divide hidden_size (" + hidden + ") when there is no head_dim. Maybe add head_dim?");
            return NONE;
        }
        return hidden / heads;
    }
}
