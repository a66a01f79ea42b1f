package genka.model;

import genka.units.GenkaException;

/** Grow-only buffers: a batch no larger than an earlier one allocates nothing. */
final class Workspace {
    private Workspace() {}

    /** The array itself when it has room for {@code size} values, else a new one, an eighth larger than asked for. */
    static float[] room(float[] array, long size) {
        return array.length >= size ? array : new float[capacity(size)];
    }

    static int[] room(int[] array, long size) {
        return array.length >= size ? array : new int[capacity(size)];
    }

    private static int capacity(long size) {
        if (size > Integer.MAX_VALUE - 8) {
            throw GenkaException.resource("A buffer of " + size
                    + " values is too large for one array (2147483639). Maybe a smaller batch or shorter sequences?");
        }
        return (int) Math.min(size + size / 8, Integer.MAX_VALUE - 8);
    }

    /** Rows of {@code width} values that make a piece of element-wise work worth handing to another thread. */
    static int grain(int width) {
        return Math.max(1, 8192 / width);
    }
}
