package genka.report;

import genka.units.Fault;
import genka.units.GenkaException;
import genka.units.Words;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** A file of lines that another process appends to, read from where the last look ended. */
final class GrowingFile {
    private final Path file;
    private long position;

    GrowingFile(Path file) {
        this.file = file;
    }

    /** Whether the file is shorter than what was read of it: a run that resumes cuts back to its checkpoint. */
    boolean wasCut() {
        try (FileChannel channel = FileChannel.open(file)) {
            return channel.size() < position;
        } catch (NoSuchFileException e) {
            return position > 0;
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** Whole lines since the last look; one without its end waits for the next. None where there is no file. */
    List<String> lines() {
        try (FileChannel channel = FileChannel.open(file)) {
            ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(Math.max(0, channel.size() - position)));
            while (bytes.hasRemaining() && channel.read(bytes, position + bytes.position()) >= 0) {
                // until all that was there is read
            }
            int end = bytes.position();
            while (end > 0 && bytes.get(end - 1) != '\n') {
                end--;
            }
            position += end;
            return new String(bytes.array(), 0, end, StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private GenkaException failed(IOException e) {
        return new GenkaException(
                Fault.RESOURCE, file + " cannot be read: " + Words.reason(e) + ". Maybe it is not yours?", e);
    }
}
