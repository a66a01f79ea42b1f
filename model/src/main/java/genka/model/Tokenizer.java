package genka.model;

/** Text to token ids and back. */
public interface Tokenizer {
    int vocabSize();

    /** Ids of the text; text that cannot be written in this vocabulary is a user error that names the character. */
    int[] encode(String text);

    /** The text of ids from..to; special tokens included as their text. */
    String decode(int[] ids, int from, int to);

    /** The token that ends a text. */
    int endId();

    default String decode(int[] ids) {
        return decode(ids, 0, ids.length);
    }
}
