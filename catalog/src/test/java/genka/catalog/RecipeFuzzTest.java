package genka.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import genka.units.Fault;
import genka.units.GenkaException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whatever the bytes of a recipe, the answer is a recipe or one user error. A failure prints its seed. */
class RecipeFuzzTest {
    private static final Path FOLDER = Path.of("/nowhere");
    private static final List<String> NASTY = List.of(
            "",
            "~",
            "null",
            "-1",
            "0",
            "1e999",
            "-0.0",
            "NaN",
            ".inf",
            "99999999999999999999",
            "2147483648",
            "1e18",
            "1_0",
            "0x1F",
            "true",
            "[]",
            "{}",
            "[1, 2]",
            "{a: b}",
            "\"",
            "'",
            "&a [*a]",
            "*a",
            "!!set {a}",
            "? a",
            "- -",
            "|",
            ">",
            "%YAML 1.1",
            "---",
            "...",
            "\t",
            "#",
            ": :",
            "\u0000",
            "\uFEFF",
            "\u2028",
            "\uD83D\uDE00",
            "{a: {a: {a: {a: 1}}}}",
            "9223372036854775807",
            "1e-400",
            "a\u0085b",
            "kind: grpo",
            "kind: sft",
            "here");
    private static final List<String> OVERRIDES = List.of(
            "stages",
            "stages.0",
            "stages.1.objective",
            "model.config",
            "model",
            "tokenizer.end",
            "tokenizer.alphabet",
            "data",
            "data.kind",
            "where",
            "optimizer",
            "schedule",
            "schedule.kind",
            "stages.grpo.schedule.phases",
            "name",
            "model.config.vocab_size",
            "model.config.rope_scaling",
            "model.path",
            "data.path",
            "model.init.scheme");

    @Test
    void mutatedRecipesAreReadOrRefused() throws IOException {
        mutate(1, 1500);
    }

    @Test
    void randomBytesAreReadOrRefused() {
        randomBytes(2, 2000);
    }

    @Tag("long")
    @Test
    void manyMutatedRecipesAreReadOrRefused() throws IOException {
        mutate(3, 60_000);
        randomBytes(4, 60_000);
    }

    private static void mutate(long seed, int times) throws IOException {
        List<byte[]> recipes = new ArrayList<>();
        for (Path file : RecipeReaderTest.shipped()) {
            recipes.add(Files.readAllBytes(file));
        }
        int read = 0;
        for (int i = 0; i < times; i++) {
            Random random = new Random(seed * 1_000_003 + i);
            byte[] bytes = recipes.get(random.nextInt(recipes.size()));
            for (int j = random.nextInt(3); j >= 0; j--) {
                bytes = random.nextBoolean() ? changeBytes(bytes, random) : changeLine(bytes, random);
            }
            List<String> overrides = random.nextInt(3) > 0
                    ? List.of("data.path=x")
                    : List.of(pick(OVERRIDES, random) + "=" + pick(NASTY, random));
            read += check(bytes, overrides, "seed " + seed + ", case " + i) ? 1 : 0;
        }
        assertThat(read)
                .as("mutations reach past the syntax, and some are refused")
                .isBetween(times / 20, times - 1);
    }

    private static void randomBytes(long seed, int times) {
        String signs = " \n\t-:#,[]{}&*!|>'\"%@`?~ab01.e_\u00e9\u0001";
        for (int i = 0; i < times; i++) {
            Random random = new Random(seed * 1_000_003 + i);
            byte[] bytes = new byte[random.nextInt(200)];
            random.nextBytes(bytes);
            if (random.nextInt(4) > 0) {
                StringBuilder text = new StringBuilder();
                for (int j = 0; j < bytes.length; j++) {
                    text.append(signs.charAt(random.nextInt(signs.length())));
                }
                bytes = text.toString().getBytes(StandardCharsets.UTF_8);
            }
            check(bytes, List.of(), "seed " + seed + ", case " + i);
        }
    }

    private static byte[] changeBytes(byte[] from, Random random) {
        byte[] bytes = from.clone();
        if (bytes.length == 0 || random.nextInt(10) == 0) {
            return java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
        }
        for (int i = random.nextInt(4); i >= 0; i--) {
            bytes[random.nextInt(bytes.length)] =
                    random.nextInt(4) == 0 ? (byte) random.nextInt() : (byte) (32 + random.nextInt(95));
        }
        return bytes;
    }

    private static byte[] changeLine(byte[] from, Random random) {
        List<String> lines =
                new ArrayList<>(new String(from, StandardCharsets.UTF_8).lines().toList());
        if (lines.isEmpty()) {
            return from;
        }
        int at = random.nextInt(lines.size());
        String line = lines.get(at);
        switch (random.nextInt(5)) {
            case 0 -> lines.remove(at);
            case 1 -> lines.add(random.nextInt(lines.size()), line);
            case 2 -> lines.set(at, line.replaceFirst(":.*", ": ").concat(pick(NASTY, random)));
            case 3 -> lines.set(at, "  ".repeat(random.nextInt(4)) + line.strip());
            default ->
                lines.set(
                        at,
                        line.replaceFirst("[0-9.e-]+", java.util.regex.Matcher.quoteReplacement(pick(NASTY, random))));
        }
        return String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
    }

    private static String pick(List<String> from, Random random) {
        return from.get(random.nextInt(from.size()));
    }

    private static boolean check(byte[] bytes, List<String> overrides, String which) {
        try {
            ResolvedRecipe read = RecipeReader.readText(YamlText.decode(bytes, "f.yaml"), "f.yaml", FOLDER, overrides);
            ResolvedRecipe again = RecipeReader.readText(read.yaml(), "g.yaml", FOLDER, List.of());
            if (!again.recipe().equals(read.recipe()) || !again.hash().equals(read.hash())) {
                fail(which + ": the resolved recipe reads differently:\n" + read.yaml());
            }
            return true;
        } catch (GenkaException e) {
            if (e.fault() != Fault.USER || String.valueOf(e.getMessage()).isBlank()) {
                fail(which + ": " + e.fault() + " " + e.getMessage(), e);
            }
        } catch (RuntimeException | StackOverflowError e) {
            fail(which + " " + overrides + ":\n" + new String(bytes, StandardCharsets.UTF_8), e);
        }
        return false;
    }
}
