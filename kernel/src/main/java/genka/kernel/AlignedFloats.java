package genka.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Floats outside the Java heap that start on a cache line, zero at first: room for matrices packed for products. A vector that
 * lies across two lines costs two visits of the cache, and nothing makes a Java array start on a line. The memory is freed some time
 * after the last reference is gone.
 */
public final class AlignedFloats {
    private static final int LINE = 64;

    private final int size;
    private final MemorySegment memory;

    public AlignedFloats(int size) {
        this.size = size;
        this.memory = Arena.ofAuto().allocate(Math.max(1, (long) size) * Float.BYTES, LINE);
    }

    public int size() {
        return size;
    }

    MemorySegment memory() {
        return memory;
    }
}
