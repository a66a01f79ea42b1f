package genka.kernel;

import static genka.kernel.Lanes.S;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;

/**
 * Floats outside the Java heap that start on a cache line, zero at first: room for matrices packed for products. A vector that
 * lies across two lines costs two visits of the cache, and nothing makes a Java array start on a line. The memory is freed some time
 * after the last reference is gone.
 */
public final class AlignedFloats {
    /** Bytes of a cache line. */
    static final int LINE = 64;

    private static final ByteOrder ORDER = ByteOrder.nativeOrder();

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

    /** The sum of floats {@code at .. at + n}, both whole vectors: one run over them, as fast as this machine reads. */
    float sum(int at, int n) {
        MemorySegment x = memory;
        long vector = (long) Lanes.COUNT * Float.BYTES;
        FloatVector s0 = FloatVector.zero(S);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        FloatVector s4 = s0;
        FloatVector s5 = s0;
        FloatVector s6 = s0;
        FloatVector s7 = s0;
        long i = (long) at * Float.BYTES;
        long end = i + (long) n * Float.BYTES;
        for (; i <= end - 8 * vector; i += 8 * vector) {
            s0 = s0.add(FloatVector.fromMemorySegment(S, x, i, ORDER));
            s1 = s1.add(FloatVector.fromMemorySegment(S, x, i + vector, ORDER));
            s2 = s2.add(FloatVector.fromMemorySegment(S, x, i + 2 * vector, ORDER));
            s3 = s3.add(FloatVector.fromMemorySegment(S, x, i + 3 * vector, ORDER));
            s4 = s4.add(FloatVector.fromMemorySegment(S, x, i + 4 * vector, ORDER));
            s5 = s5.add(FloatVector.fromMemorySegment(S, x, i + 5 * vector, ORDER));
            s6 = s6.add(FloatVector.fromMemorySegment(S, x, i + 6 * vector, ORDER));
            s7 = s7.add(FloatVector.fromMemorySegment(S, x, i + 7 * vector, ORDER));
        }
        for (; i < end; i += vector) {
            s0 = s0.add(FloatVector.fromMemorySegment(S, x, i, ORDER));
        }
        return Lanes.sum(s0.add(s1).add(s2.add(s3)).add(s4.add(s5).add(s6.add(s7))));
    }
}
