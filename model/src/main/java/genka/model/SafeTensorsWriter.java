package genka.model;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes safetensors files: to a temporary file beside the target, synced, then renamed, so that the target is never half written. Same
 * tensors, same bytes.
 */
public final class SafeTensorsWriter {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int CHUNK_BYTES = 1 << 20;

    private SafeTensorsWriter() {}

    /**
     * A tensor to write.
     *
     * @param dtype F32 or BF16
     * @param values it lies from {@code offset} on
     */
    public record Source(String name, DataType dtype, List<Integer> shape, float[] values, int offset) {
        public Source {
            shape = List.copyOf(shape);
            if (dtype != DataType.F32 && dtype != DataType.BF16) {
                throw new IllegalArgumentException("can write F32 and BF16, not " + dtype);
            }
        }

        int elements() {
            return shape.stream().mapToInt(Integer::intValue).reduce(1, Math::multiplyExact);
        }

        long bytes() {
            return (long) elements() * dtype.bits() / 8;
        }
    }

    /** Writes the tensors as one file, replacing what is there; metadata says {@code format: pt}, which transformers asks for. */
    public static void write(Path file, List<Source> tensors) {
        List<Source> ordered = new ArrayList<>(tensors);
        // Wide types first keeps every tensor aligned to its own width.
        ordered.sort(Comparator.<Source>comparingInt(s -> -s.dtype().bits()).thenComparing(Source::name));
        byte[] header = header(ordered);
        AtomicFile.write(file, channel -> {
            ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            chunk.putLong(header.length).flip();
            writeFully(channel, chunk);
            writeFully(channel, ByteBuffer.wrap(header));
            for (Source source : ordered) {
                writeValues(channel, chunk, source);
            }
        });
    }

    private static byte[] header(List<Source> tensors) {
        ObjectNode json = JSON.createObjectNode();
        json.putObject("__metadata__").put("format", "pt");
        long begin = 0;
        for (Source source : tensors) {
            if (json.has(source.name())) {
                throw new IllegalArgumentException("tensor " + source.name() + " is given twice");
            }
            ObjectNode entry = json.putObject(source.name());
            entry.put("dtype", source.dtype().name());
            var shape = entry.putArray("shape");
            source.shape().forEach(shape::add);
            entry.putArray("data_offsets").add(begin).add(begin + source.bytes());
            begin += source.bytes();
        }
        String text = JSON.writeValueAsString(json);
        int length = text.getBytes(StandardCharsets.UTF_8).length;
        return (text + " ".repeat((8 - length % 8) % 8)).getBytes(StandardCharsets.UTF_8);
    }

    private static void writeValues(FileChannel channel, ByteBuffer chunk, Source source) throws IOException {
        int width = source.dtype().bits() / 8;
        int n = source.elements();
        for (int done = 0; done < n; ) {
            int count = Math.min(n - done, CHUNK_BYTES / width);
            chunk.clear();
            if (source.dtype() == DataType.F32) {
                chunk.asFloatBuffer().put(source.values(), source.offset() + done, count);
            } else {
                for (int i = 0; i < count; i++) {
                    chunk.putShort(i * 2, DataType.toBf16(source.values()[source.offset() + done + i]));
                }
            }
            chunk.limit(count * width);
            writeFully(channel, chunk);
            done += count;
        }
    }

    private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
