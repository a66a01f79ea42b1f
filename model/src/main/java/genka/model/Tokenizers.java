package genka.model;

import genka.catalog.Recipe.TokenizerSpec;
import genka.units.Fault;
import genka.units.GenkaException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Tokenizers by what a recipe says or a model folder holds, and the files that go beside a saved model. */
public final class Tokenizers {
    static final String TOKENIZER = "tokenizer.json";
    static final String CONFIG = "tokenizer_config.json";

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private Tokenizers() {}

    public static Tokenizer of(TokenizerSpec spec) {
        return switch (spec) {
            case TokenizerSpec.Characters characters ->
                new CharacterTokenizer(characters.alphabet(), characters.end(), characters.pad());
            case TokenizerSpec.Bytes _ -> new ByteTokenizer();
            case TokenizerSpec.File file -> new HuggingFaceTokenizerFile(Path.of(file.path()));
        };
    }

    /**
     * The files, by name, that make a saved model's folder whole: tokenizer.json and tokenizer_config.json, which Hugging Face tokenizers load
     * with the same ids. A tokenizer.json of the user's is copied with what lies beside it.
     */
    public static Map<String, String> files(TokenizerSpec spec) {
        return switch (spec) {
            case TokenizerSpec.Characters characters -> TokenizerJson.characters(characters);
            case TokenizerSpec.Bytes _ -> TokenizerJson.bytes();
            case TokenizerSpec.File file -> copies(Path.of(file.path()));
        };
    }

    private static Map<String, String> copies(Path tokenizer) {
        Map<String, String> files = new LinkedHashMap<>();
        files.put(TOKENIZER, text(tokenizer));
        Path config = tokenizer.resolveSibling(CONFIG);
        if (Files.isRegularFile(config)) {
            files.put(CONFIG, text(config));
        }
        return files;
    }

    /** The tokenizer of a model folder. Genka's own kinds are recognised by tokenizer_config.json and need no native library. */
    public static Tokenizer ofModel(Path dir) {
        Path config = dir.resolve(CONFIG);
        if (Files.isRegularFile(config)) {
            JsonNode genka = parse(config).path("genka");
            switch (genka.path("kind").asString("")) {
                case "bytes" -> {
                    return new ByteTokenizer();
                }
                case "characters" -> {
                    return new CharacterTokenizer(
                            genka.path("alphabet").asString(""),
                            character(config, genka, "end"),
                            character(config, genka, "pad"));
                }
                default -> {}
            }
        }
        if (!Files.isRegularFile(dir.resolve(TOKENIZER))) {
            throw GenkaException.user(
                    dir + " has no " + TOKENIZER + ". Maybe copy it there from where the model comes from?");
        }
        return new HuggingFaceTokenizerFile(dir.resolve(TOKENIZER));
    }

    private static char character(Path config, JsonNode genka, String key) {
        String text = genka.path(key).asString("");
        if (text.length() != 1) {
            throw GenkaException.user(config + ": genka." + key + " (\"" + text + "\") must be one character.");
        }
        return text.charAt(0);
    }

    private static JsonNode parse(Path file) {
        try {
            return JSON.readTree(text(file));
        } catch (JacksonException e) {
            throw GenkaException.user(file + " is not JSON: " + e.getOriginalMessage() + ".");
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new GenkaException(Fault.EXTERNAL, file + " cannot be read: " + e.getMessage(), e);
        }
    }
}
