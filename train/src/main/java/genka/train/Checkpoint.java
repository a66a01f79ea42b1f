package genka.train;

import genka.units.Fault;
import genka.units.GenkaException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * A run's whole state in one file, little-endian: {@code GENKACKP}, version, then parts (header as JSON, then float arrays), each with name
 * length, name, byte length, bytes and CRC-32C, and at the end {@code GENKAEND} with the number of parts. Optimizer state and weights are as
 * they are in memory; random numbers need no state, they are functions of seed, stage and step.
 */
record Checkpoint(Header header, Map<String, float[]> arrays) {
    private static final long MAGIC = ByteBuffer.wrap("GENKACKP".getBytes(StandardCharsets.US_ASCII))
            .order(ByteOrder.LITTLE_ENDIAN)
            .getLong();
    private static final long END = ByteBuffer.wrap("GENKAEND".getBytes(StandardCharsets.US_ASCII))
            .order(ByteOrder.LITTLE_ENDIAN)
            .getLong();
    private static final int VERSION = 1;
    private static final int BUFFER = 1 << 18;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /**
     * Where the run stands.
     *
     * @param stage index of the stage under way; the number of stages when all are done
     * @param step steps done in it
     * @param position of its data
     * @param finished stages that are done
     * @param stageSeconds of the stage under way, over all attempts
     * @param best evaluation of the weights in the array {@code best}
     * @param metricsBytes length of metrics.jsonl at this moment
     */
    record Header(
            int stage,
            long step,
            long optimizerSteps,
            long skippedSteps,
            long[] position,
            List<Evaluation> evaluations,
            List<RunResult.Stage> finished,
            double stageSeconds,
            long stageTokens,
            List<RunResult.Exchange> exchangesBefore,
            Optional<Evaluation> best,
            long metricsBytes,
            long samplesBytes) {
        Header {
            evaluations = List.copyOf(evaluations);
            finished = List.copyOf(finished);
            exchangesBefore = List.copyOf(exchangesBefore);
        }
    }

    /** A file that is not what was written. */
    static final class Corrupt extends Exception {
        Corrupt(String what) {
            super(what);
        }
    }

    /** Writes a new file and forces it to disk. */
    void write(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER).order(ByteOrder.LITTLE_ENDIAN);
            buffer.putLong(MAGIC).putInt(VERSION);
            byte[] json = JSON.writeValueAsBytes(header);
            writePart(channel, buffer, "header", json.length, ByteBuffer.wrap(json), null);
            for (Map.Entry<String, float[]> array : arrays.entrySet()) {
                writePart(
                        channel,
                        buffer,
                        array.getKey(),
                        array.getValue().length * (long) Float.BYTES,
                        null,
                        array.getValue());
            }
            room(channel, buffer, 12).putLong(END).putInt(arrays.size() + 1);
            drain(channel, buffer);
            channel.force(true);
        }
    }

    private static void writePart(
            FileChannel channel,
            ByteBuffer buffer,
            String name,
            long length,
            @org.jspecify.annotations.Nullable ByteBuffer bytes,
            float @org.jspecify.annotations.Nullable [] floats)
            throws IOException {
        byte[] nameBytes = name.getBytes(StandardCharsets.UTF_8);
        room(channel, buffer, nameBytes.length + 12)
                .putInt(nameBytes.length)
                .put(nameBytes)
                .putLong(length);
        drain(channel, buffer);
        CRC32C crc = new CRC32C();
        if (bytes != null) {
            crc.update(bytes.duplicate());
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }
        if (floats != null) {
            for (int at = 0; at < floats.length; at += BUFFER / Float.BYTES) {
                int count = Math.min(floats.length - at, BUFFER / Float.BYTES);
                buffer.asFloatBuffer().put(floats, at, count);
                buffer.limit(count * Float.BYTES);
                crc.update(buffer.duplicate());
                buffer.position(buffer.limit());
                drain(channel, buffer);
            }
        }
        buffer.putInt((int) crc.getValue());
    }

    private static ByteBuffer room(FileChannel channel, ByteBuffer buffer, int bytes) throws IOException {
        if (buffer.remaining() < bytes) {
            drain(channel, buffer);
        }
        return buffer;
    }

    private static void drain(FileChannel channel, ByteBuffer buffer) throws IOException {
        buffer.flip();
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
        buffer.clear();
    }

    /** Reads and checks a whole file. */
    static Checkpoint read(Path file) throws Corrupt {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            ByteBuffer start = take(channel, 12, size);
            if (start.getLong() != MAGIC) {
                throw new Corrupt("it does not begin like a checkpoint");
            }
            int version = start.getInt();
            if (version != VERSION) {
                throw GenkaException.user(file + " has checkpoint version " + version + "; this Genka reads " + VERSION
                        + ". Maybe it was written by a newer Genka?");
            }
            Map<String, float[]> arrays = new LinkedHashMap<>();
            Header header = null;
            while (true) {
                ByteBuffer next = take(channel, 4, size);
                int nameLength = next.getInt();
                if (nameLength == (int) END) {
                    return end(take(channel, 8, size), header, arrays);
                }
                if (nameLength < 1 || nameLength > 64) {
                    throw new Corrupt("a part's name is " + nameLength + " bytes long");
                }
                byte[] name = new byte[nameLength];
                take(channel, nameLength, size).get(name);
                long length = take(channel, 8, size).getLong();
                if (length < 0 || length > size - channel.position()) {
                    throw new Corrupt("it is cut off");
                }
                if (header == null) {
                    header = header(bytes(channel, length, size));
                } else {
                    arrays.put(new String(name, StandardCharsets.UTF_8), floats(channel, length, size));
                }
            }
        } catch (IOException e) {
            throw new GenkaException(Fault.RESOURCE, file + " cannot be read (" + e + "). Maybe its permissions?", e);
        }
    }

    private static Checkpoint end(
            ByteBuffer rest, @org.jspecify.annotations.Nullable Header header, Map<String, float[]> arrays)
            throws Corrupt {
        if (rest.getInt() != (int) (END >>> 32) || rest.getInt() != arrays.size() + 1 || header == null) {
            throw new Corrupt("its end is not a checkpoint's");
        }
        return new Checkpoint(header, arrays);
    }

    private static Header header(byte[] json) throws Corrupt {
        try {
            return JSON.readValue(json, Header.class);
        } catch (JacksonException e) {
            throw new Corrupt("its header is not readable: " + e.getOriginalMessage());
        }
    }

    private static byte[] bytes(FileChannel channel, long length, long size) throws IOException, Corrupt {
        byte[] bytes = new byte[Math.toIntExact(Math.min(length, Integer.MAX_VALUE - 8))];
        take(channel, bytes.length, size).get(bytes);
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        check(channel, crc, size);
        return bytes;
    }

    private static float[] floats(FileChannel channel, long length, long size) throws IOException, Corrupt {
        float[] floats = new float[Math.toIntExact(length / Float.BYTES)];
        CRC32C crc = new CRC32C();
        for (int at = 0; at < floats.length; at += BUFFER / Float.BYTES) {
            int count = Math.min(floats.length - at, BUFFER / Float.BYTES);
            ByteBuffer part = take(channel, count * Float.BYTES, size);
            crc.update(part.duplicate());
            part.asFloatBuffer().get(floats, at, count);
        }
        check(channel, crc, size);
        return floats;
    }

    private static void check(FileChannel channel, CRC32C crc, long size) throws IOException, Corrupt {
        if (take(channel, 4, size).getInt() != (int) crc.getValue()) {
            throw new Corrupt("a checksum does not match");
        }
    }

    private static ByteBuffer take(FileChannel channel, int bytes, long size) throws IOException, Corrupt {
        if (bytes > size - channel.position()) {
            throw new Corrupt("it is cut off");
        }
        ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new Corrupt("it is cut off");
            }
        }
        return buffer.flip();
    }

    /** Names of files in a run's checkpoints folder sort by age. */
    static boolean isName(Path file) {
        return String.valueOf(file.getFileName()).matches("checkpoint-\\d{8}\\.genka") && Files.isRegularFile(file);
    }
}
