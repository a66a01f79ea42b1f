package genka.train;

import genka.kernel.SeededRandom;

/** The independent streams of random numbers of a run: each is {@code SeededRandom.of(seed, number, …)}. */
enum Stream {
    EVALUATION_PROBLEMS,
    DEMONSTRATIONS,
    CHUNK_ORDER,
    HELD_OUT,
    PROMPTS,
    ROLLOUTS,
    PREFLIGHT,
    SAMPLES,
    MIXTURE,
    SAMPLE_ORDER,
    RESAMPLES;

    /** Weights use the numbers of their tensors. */
    private static final long FIRST = 1L << 32;

    SeededRandom of(long seed, long... path) {
        long[] full = new long[path.length + 1];
        full[0] = FIRST + ordinal();
        System.arraycopy(path, 0, full, 1, path.length);
        return SeededRandom.of(seed, full);
    }
}
