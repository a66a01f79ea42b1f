package genka.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** The parity fixtures as files: tiny models and what a reference implementation computes with them. */
public final class Golden {
    private Golden() {}

    /** The folder or file of that name under golden/, on disk also when the fixtures are in a jar. */
    public static Path path(String name) {
        return Holder.ROOT.resolve(name);
    }

    private static final class Holder {
        static final Path ROOT = root();

        private static Path root() {
            try {
                URI uri = Objects.requireNonNull(Golden.class.getResource("/golden/v3_tiny/config.json"))
                        .toURI();
                if (uri.getScheme().equals("file")) {
                    return Objects.requireNonNull(Paths.get(uri).getParent()).resolveSibling("");
                }
                try (FileSystem jar = FileSystems.newFileSystem(uri, Map.of())) {
                    return unpack(jar.getPath("/golden"));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (URISyntaxException e) {
                throw new IllegalStateException(e);
            }
        }

        private static Path unpack(Path from) throws IOException {
            Path to = Files.createTempDirectory("genka-golden");
            try (Stream<Path> files = Files.walk(from)) {
                for (Path file : (Iterable<Path>) files::iterator) {
                    Path target = to.resolve(from.relativize(file).toString());
                    if (Files.isDirectory(file)) {
                        Files.createDirectories(target);
                    } else {
                        Files.copy(file, target);
                    }
                }
            }
            return to;
        }
    }
}
