package genka.app;

import static org.assertj.core.api.Assertions.assertThat;

import genka.catalog.UserHome;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class HomeTest {
    private static String option(String folder) {
        Home home = new Home();
        home.chosen = Path.of(folder);
        return home.option();
    }

    @Test
    void aTildeThatTheShellLeftAloneIsTheUsersHome() {
        Home home = new Home();
        home.chosen = Path.of("~/genka/runs");
        assertThat(home.path()).isEqualTo(UserHome.path().resolve("genka/runs"));
        home.chosen = Path.of("~");
        assertThat(home.path()).isEqualTo(UserHome.path());
        home.chosen = Path.of("~other");
        assertThat(home.path()).isEqualTo(Path.of("~other").toAbsolutePath());
    }

    @Test
    void theNextCommandCanBeCopiedWhateverTheFolderIsCalled() {
        assertThat(new Home().option()).isEmpty();
        assertThat(option("/data/genka-1")).isEqualTo(" --home /data/genka-1");
        assertThat(option("my runs")).isEqualTo(" --home 'my runs'");
        assertThat(option("it's $HOME")).isEqualTo(" --home 'it'\\''s $HOME'");
    }
}
