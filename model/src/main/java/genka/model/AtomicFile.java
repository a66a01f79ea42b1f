package genka.model;

import genka.units.GenkaException;
import genka.units.Words;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Writes a file so that its name only ever shows a whole one: temporary file, sync, rename. A symbolic link stays and its file is
 * written; so does a device or a pipe, which a rename would put a file in the place of.
 */
public final class AtomicFile {
    private AtomicFile() {}

    /** What fills the file. */
    interface Content {
        void writeTo(FileChannel channel) throws IOException;
    }

    /** Writes the text as UTF-8; a RESOURCE error when it cannot be written, and then no partial file. */
    public static void write(Path file, String text) {
        write(file, channel -> {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        });
    }

    /** That it cannot be written is a RESOURCE error; the old file, if any, stays as it was. */
    static void write(Path file, Content content) {
        try {
            if (Files.isRegularFile(file)) {
                replace(file.toRealPath(), content);
            } else if (Files.exists(file) && !Files.isDirectory(file)) {
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    content.writeTo(channel);
                }
            } else {
                replace(file, content);
            }
        } catch (IOException e) {
            throw new GenkaException(
                    genka.units.Fault.RESOURCE,
                    file + " cannot be written: " + Words.reason(e) + ". " + Words.remedy(e),
                    e);
        }
    }

    private static void replace(Path file, Content content) throws IOException {
        Path temporary = file.resolveSibling(
                "." + file.getFileName() + "." + ProcessHandle.current().pid() + ".tmp");
        try {
            try (FileChannel channel = FileChannel.open(
                    temporary,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE)) {
                content.writeTo(channel);
                channel.force(true);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            syncFolder(file.toAbsolutePath().resolveSibling(""));
        } catch (IOException e) {
            deleteQuietly(temporary);
            throw e;
        }
    }

    /** Makes the rename itself last; folders cannot be opened on every system, and there it is left to the system. */
    private static void syncFolder(Path folder) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            return;
        }
    }

    private static void deleteQuietly(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            return;
        }
    }
}
