package genka.model;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Ids 0–255 are the bytes of UTF-8, 256 ends a text: any text in any language, and nothing to learn first. */
public final class ByteTokenizer implements Tokenizer {
    static final int END = 256;
    static final String END_TEXT = "<|endoftext|>";

    @Override
    public int vocabSize() {
        return END + 1;
    }

    @Override
    public int[] encode(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int[] ids = new int[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            ids[i] = bytes[i] & 0xff;
        }
        return ids;
    }

    /** Bytes that are not UTF-8, and ids beyond the vocabulary, become U+FFFD. */
    @Override
    public String decode(int[] ids, int from, int to) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(to - from);
        for (int i = from; i < to; i++) {
            if (ids[i] >= 0 && ids[i] < END) {
                bytes.write(ids[i]);
            } else {
                bytes.writeBytes((ids[i] == END ? END_TEXT : "\ufffd").getBytes(StandardCharsets.UTF_8));
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Override
    public int endId() {
        return END;
    }
}
