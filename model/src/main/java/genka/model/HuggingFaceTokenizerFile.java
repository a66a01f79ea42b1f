package genka.model;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import genka.units.Fault;
import genka.units.GenkaException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A Hugging Face tokenizer.json, run by the tokenizers library through DJL. Text is encoded as it is: no token is put before or behind it.
 * The native library comes inside the jar and is unpacked to DJL's cache folder ({@code ~/.djl.ai}, or where {@code DJL_CACHE_DIR} says);
 * nothing is downloaded. The end token is what tokenizer_config.json beside it names. Thread-safe.
 */
public final class HuggingFaceTokenizerFile implements Tokenizer {
    private static final long LARGEST_FILE = 200_000_000;
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Map<String, String> OPTIONS =
            Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false");
    private static final List<String> USUAL_ENDS = List.of(
            "<｜end▁of▁sentence｜>", "<|endoftext|>", "<|end_of_text|>", "<|im_end|>", "<|eot_id|>", "</s>", "<eos>");

    private final HuggingFaceTokenizer tokenizer;
    private final int vocabSize;
    private final int endId;

    /** Reads the file; a file that is not a tokenizer is a USER error, a library that cannot run here an EXTERNAL one. */
    public HuggingFaceTokenizerFile(Path file) {
        byte[] bytes = bytes(file);
        JsonNode json = parse(file, bytes);
        vocabSize = largestId(json) + 1;
        endId = endId(json, file);
        tokenizer = open(file, bytes);
    }

    private static byte[] bytes(Path file) {
        if (!Files.isRegularFile(file)) {
            throw GenkaException.user(file
                    + " does not exist. Maybe tokenizer.path should name a tokenizer.json of a Hugging Face model?");
        }
        try {
            if (Files.size(file) > LARGEST_FILE) {
                throw GenkaException.user(
                        file + " has " + Files.size(file) + " bytes, a tokenizer.json at most " + LARGEST_FILE + ".");
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new GenkaException(Fault.EXTERNAL, file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static JsonNode parse(Path file, byte[] bytes) {
        try {
            JsonNode json = JSON.readTree(bytes);
            if (!json.path("model").isObject()) {
                throw GenkaException.user(file + " has no model. Maybe it is not a tokenizer.json?");
            }
            return json;
        } catch (JacksonException e) {
            throw GenkaException.user(
                    file + " is not JSON: " + e.getOriginalMessage() + ". Maybe the download was cut short?");
        }
    }

    private static HuggingFaceTokenizer open(Path file, byte[] bytes) {
        // Unless told otherwise, DJL reports to its makers from cloud machines and may fetch libraries.
        System.setProperty("OPT_OUT_TRACKING", "true");
        System.setProperty("ai.djl.offline", "true");
        try {
            return HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(bytes), OPTIONS);
        } catch (IOException | LinkageError | IllegalStateException | ai.djl.engine.EngineException e) {
            throw new GenkaException(Fault.EXTERNAL, cannotRun(e), e);
        } catch (RuntimeException e) {
            throw new GenkaException(
                    Fault.USER, file + " is not a tokenizer that can be used: " + e.getMessage() + ".", e);
        }
    }

    private static String cannotRun(Throwable thrown) {
        Throwable cause = thrown;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return "The tokenizers library cannot run on " + System.getProperty("os.name") + " "
                + System.getProperty("os.arch") + " (" + cause.getMessage()
                + "). Maybe let DJL_CACHE_DIR name a folder you may write to, or use a tokenizer of kind characters or bytes, which need no native library?";
    }

    private static int largestId(JsonNode json) {
        int largest = -1;
        JsonNode vocab = json.path("model").path("vocab");
        for (JsonNode id : vocab.isObject() ? vocab : List.<JsonNode>of()) {
            largest = Math.max(largest, id.asInt(-1));
        }
        largest = vocab.isArray() ? vocab.size() - 1 : largest;
        for (JsonNode token : json.path("added_tokens")) {
            largest = Math.max(largest, token.path("id").asInt(-1));
        }
        return largest;
    }

    private static int endId(JsonNode json, Path file) {
        Path config = file.resolveSibling("tokenizer_config.json");
        if (Files.isRegularFile(config)) {
            JsonNode end = parseConfig(config).path("eos_token");
            String text =
                    end.isString() ? end.stringValue() : end.path("content").asString("");
            OptionalInt id = idOf(json, text);
            if (id.isPresent()) {
                return id.getAsInt();
            }
        }
        return USUAL_ENDS.stream()
                .map(text -> idOf(json, text))
                .flatMapToInt(OptionalInt::stream)
                .findFirst()
                .orElseThrow(
                        () -> GenkaException.user(
                                file
                                        + " has no token that ends a text. Maybe put a tokenizer_config.json with eos_token beside it?"));
    }

    private static JsonNode parseConfig(Path config) {
        try {
            return JSON.readTree(bytes(config));
        } catch (JacksonException e) {
            throw GenkaException.user(config + " is not JSON: " + e.getOriginalMessage() + ".");
        }
    }

    private static OptionalInt idOf(JsonNode json, String text) {
        for (JsonNode token : json.path("added_tokens")) {
            if (token.path("content").asString("").equals(text)) {
                return OptionalInt.of(token.path("id").asInt());
            }
        }
        JsonNode id = json.path("model").path("vocab").path(text);
        return id.isInt() ? OptionalInt.of(id.intValue()) : OptionalInt.empty();
    }

    @Override
    public int vocabSize() {
        return vocabSize;
    }

    @Override
    public int[] encode(String text) {
        return toInts(tokenizer.encode(text, false, false).getIds());
    }

    @Override
    public String decode(int[] ids, int from, int to) {
        long[] wide = new long[to - from];
        for (int i = from; i < to; i++) {
            wide[i - from] = ids[i];
        }
        return tokenizer.decode(wide, false);
    }

    @Override
    public int endId() {
        return endId;
    }

    private static int[] toInts(long[] wide) {
        int[] ids = new int[wide.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = Math.toIntExact(wide[i]);
        }
        return ids;
    }
}
