package genka.catalog;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What {@code ~} stands for: {@code HOME} as the shell has it. Java's own user.home does not look at it on Linux. */
public final class UserHome {
    private UserHome() {}

    public static Path path() {
        return of(System.getenv("HOME"), System.getProperty("user.home", "."));
    }

    /** @param otherwise where the variable is not there or no absolute path */
    static Path of(@Nullable String variable, String otherwise) {
        Path home = Path.of(variable == null ? "" : variable);
        return home.isAbsolute() ? home : Path.of(otherwise);
    }
}
