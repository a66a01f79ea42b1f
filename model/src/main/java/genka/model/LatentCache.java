package genka.model;

import genka.units.GenkaException;

/**
 * What decoding remembers: for each layer and token one line of {@code width} values (for latent attention c after its norm and the
 * shared key after rotation). Slots grow on demand up to the longest sequence. Not thread-safe while it grows or is written.
 */
public final class LatentCache {
    private static final int FIRST_CAPACITY = 32;

    private final int layers;
    private final int width;
    private final int maxLength;
    private final int[] lengths;
    private final int[] capacities;
    private final float[][][] lines;
    private int[] positions = new int[0];

    LatentCache(int layers, int width, int slots, int maxLength) {
        this.layers = layers;
        this.width = width;
        this.maxLength = maxLength;
        this.lengths = new int[slots];
        this.capacities = new int[slots];
        this.lines = new float[layers][slots][0];
    }

    /** Bytes one token takes over all layers. */
    public long bytesPerToken() {
        return (long) layers * width * Float.BYTES;
    }

    /** Bytes the cache holds now. */
    public long bytes() {
        long tokens = 0;
        for (int capacity : capacities) {
            tokens += capacity;
        }
        return tokens * bytesPerToken();
    }

    int length(int slot) {
        return lengths[slot];
    }

    void setLength(int slot, int length) {
        lengths[slot] = length;
    }

    /** Makes room for {@code length} tokens in the slot, keeping what it holds. */
    void reserve(int slot, int length) {
        if (length > maxLength) {
            throw GenkaException.user("A sequence of " + length + " tokens is longer than the cache allows ("
                    + maxLength + "). Maybe a shorter prompt or fewer new tokens?");
        }
        if (length <= capacities[slot]) {
            return;
        }
        int capacity = Math.min(maxLength, Math.max(Math.max(length, 2 * capacities[slot]), FIRST_CAPACITY));
        for (int layer = 0; layer < layers; layer++) {
            float[] larger = new float[Math.multiplyExact(capacity, width)];
            System.arraycopy(lines[layer][slot], 0, larger, 0, lengths[slot] * width);
            lines[layer][slot] = larger;
        }
        capacities[slot] = capacity;
    }

    /** [capacity, width] of that slot in that layer. */
    float[] lines(int layer, int slot) {
        return lines[layer][slot];
    }

    void copy(int from, int to) {
        if (from == to) {
            return;
        }
        lengths[to] = 0;
        reserve(to, lengths[from]);
        for (int layer = 0; layer < layers; layer++) {
            System.arraycopy(lines[layer][from], 0, lines[layer][to], 0, lengths[from] * width);
        }
        lengths[to] = lengths[from];
    }

    /** The position the next token of each slot takes, [count]; overwritten by the next call. */
    int[] positions(int count, int[] slots) {
        positions = Workspace.room(positions, count);
        for (int i = 0; i < count; i++) {
            positions[i] = lengths[slots[i]];
        }
        return positions;
    }

    int longest(int count, int[] slots) {
        int longest = 0;
        for (int i = 0; i < count; i++) {
            longest = Math.max(longest, lengths[slots[i]]);
        }
        return longest;
    }
}
