package genka.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Text that is reviewed when it changes: {@code -Dgolden.update=true} rewrites it. */
final class GoldenText {
    private static final Path FOLDER = Path.of("src/test/resources/golden-text");

    private GoldenText() {}

    static void check(String name, String actual) {
        check(FOLDER.resolve(name + ".txt"), name, actual);
    }

    static void check(Path file, String name, String actual) {
        try {
            if (Boolean.getBoolean("golden.update")) {
                Files.createDirectories(file.toAbsolutePath().getParent());
                Files.writeString(file, actual);
            }
            assertThat(actual)
                    .as(name + " (mvn -pl app test -Dgolden.update=true rewrites it)")
                    .isEqualTo(Files.exists(file) ? Files.readString(file) : "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
