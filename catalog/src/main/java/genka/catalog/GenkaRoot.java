package genka.catalog;

import genka.units.GenkaException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where facts/ and recipes/ are: the folder the launcher names, else the nearest one above the working directory. */
public final class GenkaRoot {
    /** System property the launcher sets to the checkout's folder. */
    public static final String PROPERTY = "genka.root";

    private GenkaRoot() {}

    /** The folder, absolute; a user error when there is none. */
    public static Path path() {
        return find(System.getProperty(PROPERTY), Path.of("").toAbsolutePath());
    }

    static Path find(@Nullable String named, Path workingDirectory) {
        if (named != null) {
            Path root = Path.of(named).toAbsolutePath().normalize();
            if (!isRoot(root)) {
                throw GenkaException.user(PROPERTY + " (" + root
                        + ") must be a folder that holds facts and recipes. Maybe start Genka with its launcher");
            }
            return root;
        }
        for (Path folder = workingDirectory; folder != null; folder = folder.getParent()) {
            if (isRoot(folder)) {
                return folder;
            }
        }
        throw GenkaException.user("no folder with facts and recipes at or above " + workingDirectory
                + ". Maybe start Genka with its launcher, or from its checkout");
    }

    private static boolean isRoot(Path folder) {
        return Files.isDirectory(folder.resolve("facts")) && Files.isDirectory(folder.resolve("recipes"));
    }
}
