package genka.train;

import genka.kernel.SeededRandom;

/** The independent streams of random numbers of a run: each is {@code SeededRandom.of(seed, number, …)}. */
enum Stream {
    WEIGHTS,
    EVALUATION_PROBLEMS,
    DEMONSTRATIONS,
    CHUNK_ORDER,
    HELD_OUT,
    PROMPTS,
    ROLLOUTS,
    PREFLIGHT,
    SAMPLES;

    SeededRandom of(long seed, long... path) {
        long[] full = new long[path.length + 1];
        full[0] = ordinal() + 1L;
        System.arraycopy(path, 0, full, 1, path.length);
        return SeededRandom.of(seed, full);
    }
}
