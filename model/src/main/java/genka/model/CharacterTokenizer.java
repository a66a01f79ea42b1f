package genka.model;

import genka.units.GenkaException;
import java.util.HashMap;
import java.util.Map;

/** One id for each character of an alphabet, by position; a character is a Unicode code point. */
public final class CharacterTokenizer implements Tokenizer {
    private final int[] characters;
    private final Map<Integer, Integer> ids = new HashMap<>();
    private final int endId;
    private final int padId;

    /** End and pad are characters of the alphabet. */
    public CharacterTokenizer(String alphabet, char end, char pad) {
        characters = alphabet.codePoints().toArray();
        for (int id = 0; id < characters.length; id++) {
            if (ids.put(characters[id], id) != null) {
                throw GenkaException.user("tokenizer.alphabet holds " + shown(characters[id])
                        + " twice. Maybe leave out the one at position " + id + "?");
            }
        }
        endId = special("end", end);
        padId = special("pad", pad);
    }

    private int special(String key, char character) {
        Integer id = ids.get((int) character);
        if (id == null) {
            throw GenkaException.user(
                    "tokenizer." + key + " " + shown(character) + " is not in tokenizer.alphabet. Maybe add it there?");
        }
        return id;
    }

    @Override
    public int vocabSize() {
        return characters.length;
    }

    @Override
    public int[] encode(String text) {
        int[] points = text.codePoints().toArray();
        for (int i = 0; i < points.length; i++) {
            Integer id = ids.get(points[i]);
            if (id == null) {
                throw GenkaException.user("The text has " + shown(points[i]) + " at position " + i
                        + ", which is not in the model's alphabet \"" + new String(characters, 0, characters.length)
                        + "\". Maybe write it with these characters?");
            }
            points[i] = id;
        }
        return points;
    }

    /** Ids outside the alphabet, which a model with a larger vocabulary may draw, become U+FFFD. */
    @Override
    public String decode(int[] ids, int from, int to) {
        StringBuilder text = new StringBuilder(to - from);
        for (int i = from; i < to; i++) {
            text.appendCodePoint(ids[i] >= 0 && ids[i] < characters.length ? characters[ids[i]] : 0xfffd);
        }
        return text.toString();
    }

    @Override
    public int endId() {
        return endId;
    }

    public int padId() {
        return padId;
    }

    private static String shown(int point) {
        String code = String.format("U+%04X", point);
        return Character.isISOControl(point) ? code : "\"" + Character.toString(point) + "\" (" + code + ")";
    }
}
