package genka.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import genka.testkit.Golden;
import genka.units.Fault;
import genka.units.GenkaException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever stands in config.json or the index, a model loads or the user is told why not. */
class ModelFilesFuzzTest {
    private static final List<String> VALUES = List.of(
            "0",
            "-1",
            "1",
            "2",
            "3",
            "7",
            "2.5",
            "1e9",
            "1e400",
            "99999999999999999999",
            "16777216",
            "null",
            "true",
            "\"8\"",
            "[]",
            "{}",
            "[1,2]",
            "\"\"",
            "\"yarn\"",
            "\"../x\"",
            "\"/etc/passwd\"",
            "{\"rope_type\":\"yarn\"}");

    @TempDir
    Path dir;

    @Test
    void changedFilesNeverDoWorseThanAUserError() throws IOException {
        fuzz(Golden.path("bad/good"), "config.json", 400, 1);
        fuzz(Golden.path("sharded"), "model.safetensors.index.json", 60, 2);
    }

    @Test
    @Tag("long")
    void manyChangedFilesNeverDoWorseThanAUserError() throws IOException {
        fuzz(Golden.path("bad/good"), "config.json", 30_000, 3);
        fuzz(Golden.path("sharded"), "model.safetensors.index.json", 1_000, 4);
    }

    private void fuzz(Path sound, String victim, int rounds, long seed) throws IOException {
        Path folder = Files.createDirectory(dir.resolve("f" + seed));
        try (var files = Files.list(sound)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.copy(file, folder.resolve(file.getFileName().toString()));
            }
        }
        String text = Files.readString(sound.resolve(victim));
        String[] lines = text.split("\n", -1);
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < rounds; round++) {
            Files.write(folder.resolve(victim), changed(text, lines, random));
            Throwable thrown = catchThrowable(() -> ModelFiles.load(folder));
            if (thrown != null) {
                assertThat(thrown)
                        .as("%s, round %d of seed %d", victim, round, seed)
                        .isInstanceOfSatisfying(
                                GenkaException.class, e -> assertThat(e.fault()).isEqualTo(Fault.USER));
            }
        }
    }

    /** Another value under some keys, or a byte of the text changed, or the end cut off. */
    private static byte[] changed(String text, String[] lines, SplittableRandom random) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        switch (random.nextInt(6)) {
            case 0 -> bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            case 1 -> bytes = java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length));
            default -> {
                String[] own = lines.clone();
                for (int i = random.nextInt(1, 4); i > 0; i--) {
                    int at = random.nextInt(own.length);
                    String value = VALUES.get(random.nextInt(VALUES.size()));
                    own[at] = own[at].replaceFirst(": [^\\[{]*?(,?)$", ": " + value + "$1");
                }
                bytes = String.join("\n", own).getBytes(StandardCharsets.UTF_8);
            }
        }
        return bytes;
    }
}
