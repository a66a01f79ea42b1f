package genka.train;

import genka.units.Fault;
import genka.units.GenkaException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** A run's checkpoints: written beside and renamed when whole, so that a reader never sees half of one; the newest few stay. */
final class CheckpointFolder {
    private static final String TEMPORARY = "checkpoint.part";
    private final Path folder;
    private final int keep;

    CheckpointFolder(Path folder, int keep) {
        this.folder = folder;
        this.keep = Math.max(1, keep);
    }

    /** Writes one. A full disk is a resource error that leaves the earlier ones, if any, as they were. */
    Path save(Checkpoint checkpoint) {
        Path temporary = folder.resolve(TEMPORARY);
        try {
            Files.createDirectories(folder);
            Files.deleteIfExists(temporary);
            List<Path> before = files();
            Path file = folder.resolve(String.format(Locale.ROOT, "checkpoint-%08d.genka", nextNumber(before)));
            checkpoint.write(temporary);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
            syncFolder();
            for (int i = 0; i < before.size() + 1 - keep; i++) {
                Files.delete(before.get(i));
            }
            return file;
        } catch (IOException e) {
            remove(temporary);
            throw new GenkaException(
                    Fault.RESOURCE,
                    "The checkpoint could not be written to " + folder + " (" + reason(e)
                            + (holdsOne() ? "); the last good one is kept." : "); there is none before it.")
                            + " Maybe make room, then ./genka run --resume RUN?",
                    e);
        }
    }

    /** The newest that can be read; others that are newer are told to {@code notice}. */
    Optional<Checkpoint> newest(Consumer<String> notice) {
        try {
            for (Path file : files().reversed()) {
                try {
                    return Optional.of(Checkpoint.read(file));
                } catch (Checkpoint.Corrupt e) {
                    notice.accept("Checkpoint " + file.getFileName() + " is corrupt (" + e.getMessage()
                            + "); going on from the one before it.");
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            throw new GenkaException(Fault.RESOURCE, folder + " cannot be read (" + e + "). Maybe its permissions?", e);
        }
    }

    /** All checkpoints, oldest first. */
    List<Path> files() throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Checkpoint::isName).sorted().toList();
        }
    }

    private boolean holdsOne() {
        try {
            return !files().isEmpty();
        } catch (IOException _) {
            return false;
        }
    }

    private static int nextNumber(List<Path> files) {
        if (files.isEmpty()) {
            return 1;
        }
        String last = String.valueOf(files.getLast().getFileName());
        return Integer.parseInt(last.substring(11, 19)) + 1;
    }

    private void syncFolder() throws IOException {
        try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    private static void remove(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException _) {
            // The next checkpoint removes it.
        }
    }

    private static String reason(IOException e) {
        String message = String.valueOf(e.getMessage());
        return message.contains("No space left") ? "the disk is full" : e.toString();
    }
}
