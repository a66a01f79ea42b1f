package genka.train;

import genka.kernel.SeededRandom;

/** A permutation of 0..count-1 that needs no memory, however large count is: four Feistel rounds, walked until inside. */
final class Shuffle {
    private final long count;
    private final int halfBits;
    private final long[] keys = new long[4];

    Shuffle(long count, SeededRandom random) {
        this.count = count;
        this.halfBits = (Math.max(2, 64 - Long.numberOfLeadingZeros(Math.max(1, count - 1))) + 1) / 2;
        for (int i = 0; i < keys.length; i++) {
            keys[i] = random.nextLong();
        }
    }

    long at(long index) {
        long value = index;
        do {
            value = permute(value);
        } while (value >= count);
        return value;
    }

    private long permute(long value) {
        long mask = (1L << halfBits) - 1;
        long left = value >>> halfBits;
        long right = value & mask;
        for (long key : keys) {
            long next = left ^ (SeededRandom.of(key, right).nextLong() & mask);
            left = right;
            right = next;
        }
        return left << halfBits | right;
    }
}
