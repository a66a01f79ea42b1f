package genka.plan;

import genka.units.GenkaException;
import java.util.List;

/** Architectures (model_type of config.json) that a planner of decoders must not take for one. */
final class TransformerTypes {
    private static final List<String> ENCODERS = List.of(
            "bert",
            "roberta",
            "xlm-roberta",
            "xlm",
            "camembert",
            "distilbert",
            "albert",
            "electra",
            "deberta",
            "deberta-v2",
            "modernbert",
            "nomic_bert",
            "mpnet",
            "esm",
            "vit",
            "clip",
            "siglip",
            "wav2vec2",
            "hubert");
    private static final List<String> WITH_ENCODER = List.of(
            "t5",
            "mt5",
            "umt5",
            "longt5",
            "switch_transformers",
            "bart",
            "mbart",
            "pegasus",
            "marian",
            "m2m_100",
            "whisper");
    private static final List<String> STATE_SPACE = List.of(
            "mamba",
            "mamba2",
            "falcon_mamba",
            "falcon_h1",
            "rwkv",
            "rwkv5",
            "rwkv6",
            "rwkv7",
            "xlstm",
            "jamba",
            "bamba",
            "zamba",
            "zamba2",
            "nemotron_h",
            "granitemoehybrid",
            "recurrent_gemma",
            "plamo2",
            "lfm2",
            "lfm2_moe");

    private TransformerTypes() {}

    static void check(ConfigKeys keys, String type) {
        if (ENCODERS.contains(type)) {
            throw no(keys, type, "an encoder", "take a decoder's config.json?");
        }
        if (WITH_ENCODER.contains(type) || keys.truth("is_encoder_decoder").orElse(false)) {
            throw no(keys, type, "an encoder with a decoder", "take a decoder's config.json?");
        }
        if (STATE_SPACE.contains(type) && !keys.has("mamba_layers")) {
            throw no(
                    keys,
                    type,
                    "a model with state-space, recurrent or convolutional layers",
                    "say attention_layers, mamba_layers and mamba_inner?");
        }
    }

    private static GenkaException no(ConfigKeys keys, String type, String kind, String advice) {
        return GenkaException.user(keys.file() + ": model_type (" + type + ") is " + kind
                + "; only decoders with attention are planned from their config.json. Maybe " + advice);
    }
}
