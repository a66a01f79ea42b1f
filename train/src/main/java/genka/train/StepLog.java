package genka.train;

import genka.units.Fault;
import genka.units.GenkaException;
import genka.units.Words;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** A file of JSON lines that only grows, and on resume is cut back to where the checkpoint saw it. */
final class StepLog implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private final Path file;
    private final FileChannel channel;

    /** Opens the file, cut to {@code length} bytes. */
    StepLog(Path file, long length) {
        this.file = file;
        try {
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            channel.truncate(length);
            channel.position(channel.size());
        } catch (IOException e) {
            throw failed(e);
        }
    }

    Path file() {
        return file;
    }

    void add(Map<String, ?> line) {
        ByteBuffer bytes = ByteBuffer.wrap((JSON.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8));
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            throw failed(e);
        }
    }

    long length() {
        try {
            return channel.position();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private GenkaException failed(IOException e) {
        return new GenkaException(
                Fault.RESOURCE, file + " cannot be written (" + Words.reason(e) + "). " + Words.remedy(e), e);
    }
}
