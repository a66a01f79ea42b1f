package genka.train;

import genka.model.Tokenizer;
import genka.units.GenkaException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
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
            for (Line line : lines(chunk)) {
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
            for (Line line : lines(chunk)) {
                pairs.add(new Pair(field(chunk, line, promptField), field(chunk, line, responseField)));
            }
            return pairs;
        }

        /** A line's value and the byte of its file that it begins at. */
        private record Line(JsonNode value, long at) {}

        private String field(Corpus.Chunk chunk, Line line, String name) {
            JsonNode value = line.value().get(name);
            if (value != null && value.isString()) {
                return value.stringValue();
            }
            String wrong = value != null
                    ? "has " + shown(value) + " under \"" + name + "\", which is no text. Maybe quote it, or another "
                    : "has no \"" + name + "\" "
                            + (line.value().isObject()
                                    ? "(it has "
                                            + String.join(", ", line.value().propertyNames()) + ")"
                                    : "(it is no object)")
                            + ". Maybe another ";
            throw GenkaException.user(where(chunk, line.at()) + " " + wrong + corpus.key() + "."
                    + (name.equals(textField)
                            ? "text_field"
                            : name.equals(promptField) ? "prompt_field" : "response_field")
                    + "?");
        }

        private static String shown(JsonNode value) {
            String text = value.toString();
            return text.length() <= 40 ? text : text.substring(0, 40) + "…";
        }

        private static String where(Corpus.Chunk chunk, long at) {
            return chunk.file() + ": line " + Corpus.lineNumber(Path.of(chunk.file()), at);
        }

        private static List<Line> lines(Corpus.Chunk chunk) {
            List<Line> nodes = new ArrayList<>();
            long at = chunk.at();
            for (String line : chunk.text().split("\n", -1)) {
                if (!line.isBlank()) {
                    try {
                        nodes.add(new Line(JSON.readTree(line), at));
                    } catch (JacksonException e) {
                        throw GenkaException.user(where(chunk, at) + " is not JSON (" + e.getOriginalMessage()
                                + "). Maybe it is plain text: then use data.kind text?");
                    }
                }
                at += line.getBytes(StandardCharsets.UTF_8).length + 1;
            }
            return nodes;
        }
    }
}
