package genka.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class HomeTest {
    private static String option(String folder) {
        Home home = new Home();
        home.chosen = Path.of(folder);
        return home.option();
    }

    @Test
    void theNextCommandCanBeCopiedWhateverTheFolderIsCalled() {
        assertThat(new Home().option()).isEmpty();
        assertThat(option("/data/genka-1")).isEqualTo(" --home /data/genka-1");
        assertThat(option("my runs")).isEqualTo(" --home 'my runs'");
        assertThat(option("it's $HOME")).isEqualTo(" --home 'it'\\''s $HOME'");
    }
}
