package genka.app;

import genka.units.Fault;
import genka.units.GenkaException;
import genka.units.Words;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A folder in the system's temporary one that goes, with all that is in it, when it is closed. */
record TemporaryFolder(Path path) implements AutoCloseable {
    static TemporaryFolder of(String prefix) {
        try {
            return new TemporaryFolder(Files.createTempDirectory(prefix));
        } catch (IOException e) {
            throw new GenkaException(
                    Fault.RESOURCE, "No temporary folder (" + Words.reason(e) + "). Maybe the disk is full?", e);
        }
    }

    @Override
    public void close() {
        try (Stream<Path> all = Files.walk(path)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        } catch (IOException _) {
            // The system clears its temporary folder.
        }
    }
}
