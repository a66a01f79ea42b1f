package genka.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import genka.catalog.Recipe.TokenizerSpec;
import genka.testkit.Golden;
import genka.units.Fault;
import genka.units.GenkaException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class TokenizersTest {
    private static final TokenizerSpec CHARACTERS =
            new TokenizerSpec.Characters("_$0123456789+-*=;?<>/T A\n\"é😀", '$', '_');

    @TempDir
    Path dir;

    @Test
    void charactersAreNumberedByTheirPlace() {
        Tokenizer tokenizer = Tokenizers.of(CHARACTERS);
        assertThat(tokenizer.vocabSize()).isEqualTo(28);
        assertThat(tokenizer.endId()).isEqualTo(1);
        assertThat(tokenizer.encode("_$0 A😀")).containsExactly(0, 1, 2, 22, 23, 27);
        assertThat(tokenizer.decode(tokenizer.encode("3+9=12\"é😀\n$"))).isEqualTo("3+9=12\"é😀\n$");
        assertThat(tokenizer.decode(new int[] {2, 3, 4, 99}, 1, 4)).isEqualTo("12\ufffd");
    }

    @Test
    void aCharacterOutsideTheAlphabetIsNamed() {
        assertThatThrownBy(() -> Tokenizers.of(CHARACTERS).encode("12x"))
                .isInstanceOfSatisfying(
                        GenkaException.class, e -> assertThat(e.fault()).isEqualTo(Fault.USER))
                .hasMessageContaining("The text has \"x\" (U+0078) at position 2");
        assertThatThrownBy(() -> Tokenizers.of(CHARACTERS).encode("\u001b[2J"))
                .hasMessageContaining("The text has U+001B at position 0");
        assertThatThrownBy(() -> new CharacterTokenizer("abca", 'a', 'b')).hasMessageContaining("\"a\" (U+0061) twice");
        assertThatThrownBy(() -> new CharacterTokenizer("abc", '$', 'b'))
                .hasMessageContaining("tokenizer.end \"$\" (U+0024) is not in tokenizer.alphabet");
    }

    @Test
    void bytesAreTheirOwnIds() {
        Tokenizer tokenizer = new ByteTokenizer();
        assertThat(tokenizer.encode("aé")).containsExactly(97, 0xc3, 0xa9);
        assertThat(tokenizer.decode(new int[] {97, 0xc3, 0xa9, 256, 0xc3, 300}))
                .isEqualTo("aé<|endoftext|>\ufffd\ufffd");
        assertThat(tokenizer.vocabSize()).isEqualTo(257);
    }

    @Test
    void theLibraryAgreesWithTheReference() throws IOException {
        HuggingFaceTokenizerFile tokenizer = new HuggingFaceTokenizerFile(Golden.path("tokenizer/tokenizer.json"));
        assertThat(tokenizer.vocabSize()).isEqualTo(512);
        assertThat(tokenizer.endId()).isEqualTo(1);
        JsonNode expected =
                JsonMapper.builder().build().readTree(Files.readAllBytes(Golden.path("tokenizer/expected.json")));
        assertThat(expected.path("texts").size()).isEqualTo(41);
        for (JsonNode text : expected.path("texts")) {
            String plain = text.path("text").stringValue();
            int[] ids = ints(text.path("ids"));
            assertThat(tokenizer.encode(plain)).as(plain).isEqualTo(ids);
            assertThat(tokenizer.decode(ids)).isEqualTo(plain);
        }
        for (JsonNode chat : expected.path("chats")) {
            assertThat(tokenizer.encode(chat.path("prompt").stringValue())).isEqualTo(ints(chat.path("ids")));
        }
        for (JsonNode stream : expected.path("streams")) {
            int[] ids = ints(stream.path("ids"));
            for (int n = 1; n <= ids.length; n++) {
                assertThat(tokenizer.decode(ids, 0, n))
                        .isEqualTo(stream.path("decoded_prefixes").path(n - 1).stringValue());
            }
        }
    }

    @Test
    void charactersBesideAModelReadBackWithAndWithoutTheLibrary() throws IOException {
        sameIds(CHARACTERS, "3+9=12;?<>/T A\n\"é😀$_", CharacterTokenizer.class);
    }

    @Test
    void bytesBesideAModelReadBackWithAndWithoutTheLibrary() throws IOException {
        StringBuilder all = new StringBuilder("Grüße, 世界 🙂\r\n\t ");
        IntStream.range(0, 256).forEach(all::appendCodePoint);
        sameIds(new TokenizerSpec.Bytes(), all.toString(), ByteTokenizer.class);
    }

    private void sameIds(TokenizerSpec spec, String text, Class<?> kind) throws IOException {
        for (Map.Entry<String, String> file : Tokenizers.files(spec).entrySet()) {
            Files.writeString(dir.resolve(file.getKey()), file.getValue());
        }
        Tokenizer tokenizer = Tokenizers.of(spec);
        Tokenizer again = Tokenizers.ofModel(dir);
        HuggingFaceTokenizerFile library = new HuggingFaceTokenizerFile(dir.resolve("tokenizer.json"));
        int[] ids = tokenizer.encode(text);
        assertThat(again).isInstanceOf(kind);
        assertThat(again.encode(text)).isEqualTo(ids);
        assertThat(library.encode(text)).isEqualTo(ids);
        assertThat(library.decode(ids)).isEqualTo(text);
        assertThat(library.endId()).isEqualTo(tokenizer.endId()).isEqualTo(again.endId());
        assertThat(library.vocabSize()).isEqualTo(tokenizer.vocabSize());
    }

    @Test
    void aTokenizerFileGoesBesideTheModelWithItsConfig() throws IOException {
        Path golden = Golden.path("tokenizer/tokenizer.json");
        Map<String, String> files = Tokenizers.files(new TokenizerSpec.File(golden.toString()));
        assertThat(files).containsOnlyKeys("tokenizer.json", "tokenizer_config.json");
        assertThat(files.get("tokenizer.json")).isEqualTo(Files.readString(golden));
        assertThat(Tokenizers.ofModel(Golden.path("tokenizer"))).isInstanceOf(HuggingFaceTokenizerFile.class);
    }

    @Test
    void aFileThatIsNoTokenizerIsAUserError() throws IOException {
        refused(
                "{\"model\": {\"type\": \"Nonsense\", \"vocab\": {\"</s>\": 0}}}",
                "is not a tokenizer that can be used");
        refused("{\"model\"", "is not JSON");
        refused("[]", "has no model");
        refused("{\"model\": {\"vocab\": {\"a\": 0}}}", "has no token that ends a text");
        assertThatThrownBy(() -> Tokenizers.ofModel(dir.resolve("none"))).hasMessageContaining("has no tokenizer.json");
    }

    /** In a process of its own, told to look for the library where there is none. */
    public static final class WithoutLibrary {
        private WithoutLibrary() {}

        public static void main(String[] arguments) {
            try {
                System.out.println(new HuggingFaceTokenizerFile(Path.of(arguments[0])).vocabSize());
            } catch (GenkaException e) {
                System.out.println(e.fault() + " " + e.getMessage());
            }
        }
    }

    @Test
    void aLibraryThatCannotRunIsAnExternalErrorWithAdvice() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-DRUST_LIBRARY_PATH=" + dir.resolve("nowhere"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        WithoutLibrary.class.getName(),
                        Golden.path("tokenizer/tokenizer.json").toString())
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        assertThat(said)
                .startsWith("EXTERNAL The tokenizers library cannot run on ")
                .contains("Maybe let DJL_CACHE_DIR");
    }

    private void refused(String json, String message) throws IOException {
        Path file = Files.writeString(dir.resolve("tokenizer.json"), json);
        assertThatThrownBy(() -> new HuggingFaceTokenizerFile(file))
                .isInstanceOfSatisfying(
                        GenkaException.class, e -> assertThat(e.fault()).isEqualTo(Fault.USER))
                .hasMessageContaining(message)
                .hasMessageContaining("tokenizer.json");
    }

    private static int[] ints(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false)
                .mapToInt(JsonNode::intValue)
                .toArray();
    }
}
