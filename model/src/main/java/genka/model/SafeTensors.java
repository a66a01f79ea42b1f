package genka.model;

import genka.units.Fault;
import genka.units.GenkaException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A safetensors file, memory-mapped: opening it reads and checks the header only (format: huggingface/safetensors). Every defect of the file is
 * a USER error that names file and tensor. Close it when done; arrays that were read stay valid. Reading is thread-safe.
 */
public final class SafeTensors implements AutoCloseable {
    /** Longest array: the JVM's own limit, less what some leave out. */
    static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8;

    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfDouble DOUBLE =
            ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Path file;
    private final Arena arena;
    private final MemorySegment data;
    private final SafeTensorsHeader header;

    private SafeTensors(Path file, Arena arena, MemorySegment data, SafeTensorsHeader header) {
        this.file = file;
        this.arena = arena;
        this.data = data;
        this.header = header;
    }

    /** Opens and checks a file. */
    public static SafeTensors open(Path file) {
        if (!Files.isRegularFile(file)) {
            throw GenkaException.user(file + (Files.exists(file) ? " is not a file." : " does not exist.")
                    + " Maybe the path is mistyped?");
        }
        Arena arena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            byte[] json = headerBytes(channel, size);
            long dataStart = 8L + json.length;
            SafeTensorsHeader header = SafeTensorsHeader.parse(json, size - dataStart);
            MemorySegment all = channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena);
            return new SafeTensors(file, arena, all.asSlice(dataStart), header);
        } catch (SafeTensorsHeader.Malformed e) {
            arena.close();
            throw GenkaException.user(file + " is not a sound safetensors file: " + sentence(e.getMessage()));
        } catch (IOException e) {
            arena.close();
            throw new GenkaException(Fault.EXTERNAL, file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static byte[] headerBytes(FileChannel channel, long size) throws IOException, SafeTensorsHeader.Malformed {
        if (size == 0) {
            throw new SafeTensorsHeader.Malformed("the file is empty. Maybe the download failed?");
        }
        if (size < 8) {
            throw new SafeTensorsHeader.Malformed("it has " + size + " bytes and ends inside the 8-byte header length");
        }
        ByteBuffer eight = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        readFully(channel, eight, 0);
        long length = eight.getLong(0);
        if (length < 0 || length > SafeTensorsHeader.LARGEST) {
            throw new SafeTensorsHeader.Malformed("the header length " + Long.toUnsignedString(length)
                    + " is above the limit of " + SafeTensorsHeader.LARGEST + " bytes");
        }
        if (length > size - 8) {
            throw new SafeTensorsHeader.Malformed(
                    "the header length " + length + " reaches beyond the file of " + size + " bytes");
        }
        if (length == 0) {
            throw new SafeTensorsHeader.Malformed("the header length is 0, so there is no header");
        }
        byte[] json = new byte[(int) length];
        readFully(channel, ByteBuffer.wrap(json), 8);
        return json;
    }

    private static void readFully(FileChannel channel, ByteBuffer into, long position) throws IOException {
        long at = position;
        while (into.hasRemaining()) {
            int read = channel.read(into, at);
            if (read < 0) {
                throw new IOException("the file became shorter while it was read");
            }
            at += read;
        }
    }

    private static String sentence(@Nullable String text) {
        return text == null ? "" : text.endsWith("?") || text.endsWith(".") ? text : text + ".";
    }

    public Path file() {
        return file;
    }

    /** The tensors by name, in the header's order. */
    public Map<String, StoredTensor> tensors() {
        return java.util.Collections.unmodifiableMap(header.tensors());
    }

    /** What the header's __metadata__ says. */
    public Map<String, String> metadata() {
        return java.util.Collections.unmodifiableMap(header.metadata());
    }

    public boolean has(String name) {
        return header.tensors().containsKey(name);
    }

    /** The tensor of that name; that it is missing is a user error. */
    public StoredTensor tensor(String name) {
        StoredTensor tensor = header.tensors().get(name);
        if (tensor == null) {
            throw GenkaException.user(file + " has no tensor " + name + ". Maybe it belongs to another model?");
        }
        return tensor;
    }

    /** All values of a float tensor; an array must hold them. */
    public float[] floats(String name) {
        float[] values = new float[arraySize(tensor(name))];
        floats(name, values, 0);
        return values;
    }

    /** Reads all values of a float tensor into {@code into} from {@code offset} on. */
    public void floats(String name, float[] into, int offset) {
        StoredTensor tensor = tensor(name);
        int n = arraySize(tensor);
        MemorySegment bytes = bytes(tensor);
        switch (tensor.dtype()) {
            case F32 -> MemorySegment.copy(bytes, FLOAT, 0, into, offset, n);
            case F64 -> {
                for (int i = 0; i < n; i++) {
                    into[offset + i] = (float) bytes.getAtIndex(DOUBLE, i);
                }
            }
            case F16 -> {
                for (int i = 0; i < n; i++) {
                    into[offset + i] = Float.float16ToFloat(bytes.getAtIndex(SHORT, i));
                }
            }
            case BF16 -> {
                for (int i = 0; i < n; i++) {
                    into[offset + i] = Float.intBitsToFloat(bytes.getAtIndex(SHORT, i) << 16);
                }
            }
            case F8_E4M3 -> {
                for (int i = 0; i < n; i++) {
                    into[offset + i] = DataType.e4m3(bytes.get(ValueLayout.JAVA_BYTE, i));
                }
            }
            default -> throw wrongType(tensor, "a float type (F32, BF16, F16, F8_E4M3, F64)");
        }
    }

    /** All values of an F64 tensor. */
    public double[] doubles(String name) {
        StoredTensor tensor = tensor(name);
        if (tensor.dtype() != DataType.F64) {
            throw wrongType(tensor, "F64");
        }
        double[] values = new double[arraySize(tensor)];
        MemorySegment.copy(bytes(tensor), DOUBLE, 0, values, 0, values.length);
        return values;
    }

    /** All values of an I64 or I32 tensor. */
    public long[] longs(String name) {
        StoredTensor tensor = tensor(name);
        long[] values = new long[arraySize(tensor)];
        MemorySegment bytes = bytes(tensor);
        for (int i = 0; i < values.length; i++) {
            values[i] = switch (tensor.dtype()) {
                case I64 -> bytes.getAtIndex(LONG, i);
                case I32 -> bytes.getAtIndex(INT, i);
                default -> throw wrongType(tensor, "I64 or I32");
            };
        }
        return values;
    }

    /** As {@link #longs}, for values that fit in 32 bits; others are a user error. */
    public int[] ints(String name) {
        long[] wide = longs(name);
        int[] values = new int[wide.length];
        for (int i = 0; i < wide.length; i++) {
            if (wide[i] != (int) wide[i]) {
                throw GenkaException.user(
                        file + ": " + name + " holds " + wide[i] + ", which does not fit in 32 bits.");
            }
            values[i] = (int) wide[i];
        }
        return values;
    }

    @Override
    public void close() {
        arena.close();
    }

    private MemorySegment bytes(StoredTensor tensor) {
        return data.asSlice(tensor.begin(), tensor.end() - tensor.begin());
    }

    private int arraySize(StoredTensor tensor) {
        return arraySize(file, tensor);
    }

    /** The tensor's size as an array's; that it is too large is a resource error. */
    static int arraySize(Path file, StoredTensor tensor) {
        long elements = tensor.elements();
        if (elements > LARGEST_ARRAY) {
            throw GenkaException.resource(file + ": " + tensor.name() + " has " + elements
                    + " values, and one array holds at most " + LARGEST_ARRAY + ".");
        }
        return (int) elements;
    }

    private GenkaException wrongType(StoredTensor tensor, String wanted) {
        return GenkaException.user(file + ": " + tensor.name() + " is " + tensor.dtype() + ", must be " + wanted + ".");
    }
}
