package genka.model;

import genka.catalog.Recipe.TokenizerSpec;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Genka's own tokenizers in the format of Hugging Face's tokenizers library. */
final class TokenizerJson {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private TokenizerJson() {}

    /** Every character is a word of its own. */
    static Map<String, String> characters(TokenizerSpec.Characters spec) {
        CharacterTokenizer tokenizer = new CharacterTokenizer(spec.alphabet(), spec.end(), spec.pad());
        String end = String.valueOf(spec.end());
        String pad = String.valueOf(spec.pad());
        ObjectNode json = root();
        special(json, tokenizer.endId(), end);
        if (spec.end() != spec.pad()) {
            special(json, tokenizer.padId(), pad);
        }
        ObjectNode split = json.putObject("pre_tokenizer").put("type", "Split");
        split.putObject("pattern").put("Regex", "[\\s\\S]");
        split.put("behavior", "Isolated").put("invert", false);
        json.putObject("decoder").put("type", "Fuse");
        ObjectNode model = json.putObject("model").put("type", "WordLevel").put("unk_token", "");
        ObjectNode vocab = model.putObject("vocab");
        int[] points = spec.alphabet().codePoints().toArray();
        for (int id = 0; id < points.length; id++) {
            vocab.put(Character.toString(points[id]), id);
        }
        ObjectNode config = config(end, pad);
        config.putObject("genka")
                .put("kind", "characters")
                .put("alphabet", spec.alphabet())
                .put("end", end)
                .put("pad", pad);
        return files(json, config);
    }

    /** A byte-level vocabulary without merges. */
    static Map<String, String> bytes() {
        ObjectNode json = root();
        special(json, ByteTokenizer.END, ByteTokenizer.END_TEXT);
        byteLevel(json.putObject("pre_tokenizer"));
        byteLevel(json.putObject("decoder"));
        ObjectNode model = json.putObject("model").put("type", "BPE");
        model.putNull("dropout").putNull("unk_token");
        ObjectNode vocab = model.putObject("vocab");
        int shifted = 256;
        for (int b = 0; b < 256; b++) {
            boolean printable = (b >= '!' && b <= '~') || (b >= 0xa1 && b <= 0xac) || (b >= 0xae);
            vocab.put(Character.toString(printable ? b : shifted++), b);
        }
        model.putArray("merges");
        ObjectNode config = config(ByteTokenizer.END_TEXT, ByteTokenizer.END_TEXT);
        config.putObject("genka").put("kind", "bytes");
        return files(json, config);
    }

    private static ObjectNode root() {
        ObjectNode json = JSON.createObjectNode().put("version", "1.0");
        json.putNull("truncation").putNull("padding").putNull("normalizer").putNull("post_processor");
        json.putArray("added_tokens");
        return json;
    }

    private static void byteLevel(ObjectNode step) {
        step.put("type", "ByteLevel")
                .put("add_prefix_space", false)
                .put("trim_offsets", false)
                .put("use_regex", false);
    }

    private static void special(ObjectNode json, int id, String content) {
        json.withArray("added_tokens")
                .addObject()
                .put("id", id)
                .put("content", content)
                .put("single_word", false)
                .put("lstrip", false)
                .put("rstrip", false)
                .put("normalized", false)
                .put("special", true);
    }

    private static ObjectNode config(String end, String pad) {
        return JSON.createObjectNode()
                .put("tokenizer_class", "PreTrainedTokenizerFast")
                .put("eos_token", end)
                .put("pad_token", pad)
                .put("clean_up_tokenization_spaces", false);
    }

    private static Map<String, String> files(ObjectNode tokenizer, ObjectNode config) {
        var writer = JSON.writerWithDefaultPrettyPrinter();
        return Map.of(
                Tokenizers.TOKENIZER,
                writer.writeValueAsString(tokenizer) + "\n",
                Tokenizers.CONFIG,
                writer.writeValueAsString(config) + "\n");
    }
}
