package genka.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import genka.units.GenkaException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GenkaRootTest {
    @TempDir
    Path folder;

    @Test
    void theNearestFolderAboveWins() throws IOException {
        Files.createDirectories(folder.resolve("facts"));
        Files.createDirectories(folder.resolve("recipes"));
        Path deep = Files.createDirectories(folder.resolve("a/b"));
        assertThat(GenkaRoot.find(null, deep)).isEqualTo(folder);
        assertThat(GenkaRoot.find(folder.toString(), Path.of("/"))).isEqualTo(folder);
    }

    @Test
    void aFolderWithoutFactsIsRefused() {
        assertThatThrownBy(() -> GenkaRoot.find(folder.toString(), folder))
                .isInstanceOf(GenkaException.class)
                .hasMessageContaining("genka.root (" + folder);
        assertThatThrownBy(() -> GenkaRoot.find(null, folder)).hasMessageContaining("no folder with facts");
    }
}
