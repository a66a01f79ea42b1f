package genka.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import genka.units.Fault;
import genka.units.GenkaException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs({OS.LINUX, OS.MAC})
class AtomicFileTest {
    @TempDir
    Path folder;

    @Test
    void aLinkStaysAndItsFileIsWritten() throws IOException {
        Path file = Files.writeString(folder.resolve("page.html"), "old");
        Path link = Files.createSymbolicLink(folder.resolve("latest.html"), file);
        AtomicFile.write(link, "new");
        assertThat(link).isSymbolicLink();
        assertThat(file).hasContent("new");
    }

    /** By way of a link: if it is replaced, then not the device itself. */
    @Test
    void aDeviceIsWrittenToAndNotReplaced() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("nowhere"), Path.of("/dev/null"));
        AtomicFile.write(link, "text");
        assertThat(link).isSymbolicLink();
        Files.delete(link);
    }

    @Test
    void whatCannotBeWrittenLeavesNothingBehind() throws IOException {
        Path taken = Files.createDirectory(folder.resolve("taken"));
        Files.createFile(taken.resolve("inside"));
        assertThatThrownBy(() -> AtomicFile.write(taken, "text"))
                .isInstanceOfSatisfying(
                        GenkaException.class, e -> assertThat(e.fault()).isEqualTo(Fault.RESOURCE));
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).containsExactly(taken);
        }
    }
}
