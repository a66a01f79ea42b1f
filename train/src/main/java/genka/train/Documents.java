package genka.train;

import genka.model.Tokenizer;
import genka.units.GenkaException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The documents in a corpus's chunks: plain text, or lines of JSON with a text field or with prompt and response fields. */
sealed interface Documents {
    Corpus corpus();

    /** All tokens of the chunk, an end token after each document. */
    int[] tokens(Corpus.Chunk chunk, Tokenizer tokenizer);

    /** UTF-8 bytes that those tokens stand for. With bytes as tokens it is their number, also where a character is cut. */
    default int bytes(int[] ids, Tokenizer tokenizer) {
        return tokenizer.vocabSize() == BYTE_VOCAB
                ? ids.length
                : tokenizer.decode(ids).getBytes(StandardCharsets.UTF_8).length;
    }

    /** Ids 0–255 and an end token: the byte tokenizer. */
    int BYTE_VOCAB = 257;

    /** Files of plain text; a file is a document. */
    record Plain(Corpus corpus) implements Documents {
        @Override
        public int[] tokens(Corpus.Chunk chunk, Tokenizer tokenizer) {
            int[] ids = tokenizer.encode(chunk.text());
            if (!chunk.last()) {
                return ids;
            }
            int[] ended = Arrays.copyOf(ids, ids.length + 1);
            ended[ids.length] = tokenizer.endId();
            return ended;
        }
    }

    /** Lines of JSON. */
    record JsonLines(Corpus corpus, String textField, String promptField, String responseField) implements Documents {
        private static final JsonMapper JSON = JsonMapper.builder().build();

        /** A prompt with its response. */
        record Pair(String prompt, String response) {}

        @Override
        public int[] tokens(Corpus.Chunk chunk, Tokenizer tokenizer) {
            int[] tokens = new int[1024];
            int count = 0;
            for (JsonNode line : lines(chunk)) {
                int[] ids = tokenizer.encode(field(chunk, line, textField));
                if (tokens.length < count + ids.length + 1) {
                    tokens = Arrays.copyOf(tokens, (count + ids.length + 1) * 2);
                }
                System.arraycopy(ids, 0, tokens, count, ids.length);
                count += ids.length;
                tokens[count++] = tokenizer.endId();
            }
            return Arrays.copyOf(tokens, count);
        }

        /** The pairs of a chunk's lines. */
        List<Pair> pairs(Corpus.Chunk chunk) {
            List<Pair> pairs = new ArrayList<>();
            for (JsonNode line : lines(chunk)) {
                pairs.add(new Pair(field(chunk, line, promptField), field(chunk, line, responseField)));
            }
            return pairs;
        }

        private static String field(Corpus.Chunk chunk, JsonNode line, String name) {
            JsonNode value = line.get(name);
            if (value == null || !value.isString()) {
                throw GenkaException.user(chunk.file() + ": a line after byte " + chunk.at() + " has no text under \""
                        + name
                        + "\"" + (line.isObject() ? " (it has " + String.join(", ", line.propertyNames()) + ")" : "")
                        + ". Maybe another data.text_field, prompt_field or response_field?");
            }
            return value.stringValue();
        }

        private static List<JsonNode> lines(Corpus.Chunk chunk) {
            List<JsonNode> nodes = new ArrayList<>();
            long at = chunk.at();
            for (String line : chunk.text().split("\n", -1)) {
                if (!line.isBlank()) {
                    try {
                        nodes.add(JSON.readTree(line));
                    } catch (JacksonException e) {
                        throw GenkaException.user(chunk.file() + ": the line at byte " + at + " is not JSON ("
                                + e.getOriginalMessage() + "). Maybe it is plain text: then use data.kind text?");
                    }
                }
                at += line.getBytes(StandardCharsets.UTF_8).length + 1;
            }
            return nodes;
        }
    }
}
