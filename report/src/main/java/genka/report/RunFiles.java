package genka.report;

import genka.units.Fault;
import genka.units.GenkaException;
import genka.units.Words;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A run's files, which another process may be writing. */
final class RunFiles {
    private RunFiles() {}

    /** The whole file, bytes that are no UTF-8 replaced; empty where there is none. */
    static String text(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            return "";
        } catch (IOException e) {
            throw new GenkaException(
                    Fault.RESOURCE, file + " cannot be read: " + Words.reason(e) + ". Maybe it is not yours?", e);
        }
    }
}
