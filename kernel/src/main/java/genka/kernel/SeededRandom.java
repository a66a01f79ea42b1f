package genka.kernel;

/**
 * Random numbers that are a pure function of a key, so a run's random state is its counters: {@code of(seed, stage, step)}
 * gives the same stream whenever it is asked for. SplitMix64 (Steele, Lea and Flood 2014). Not thread-safe.
 */
public final class SeededRandom {
    private static final long GAMMA = 0x9E3779B97F4A7C15L;
    private long state;

    private SeededRandom(long state) {
        this.state = state;
    }

    /** The stream that belongs to this seed and path of counters. */
    public static SeededRandom of(long seed, long... path) {
        long state = mix(seed + GAMMA);
        for (long step : path) {
            state = mix(state ^ mix(step + GAMMA));
        }
        return new SeededRandom(state);
    }

    /** The first {@link #nextDouble} of the stream {@code of(seed, a, b, c)}, without making the stream. */
    public static double uniform(long seed, long a, long b, long c) {
        long state = mix(seed + GAMMA);
        state = mix(state ^ mix(a + GAMMA));
        state = mix(state ^ mix(b + GAMMA));
        state = mix(state ^ mix(c + GAMMA));
        return (mix(state + GAMMA) >>> 11) * 0x1.0p-53;
    }

    public long nextLong() {
        state += GAMMA;
        return mix(state);
    }

    /** Uniform in [0, 1), 53 bits. */
    public double nextDouble() {
        return (nextLong() >>> 11) * 0x1.0p-53;
    }

    /** Uniform in 0..bound-1. */
    public int nextInt(int bound) {
        return (int) Math.multiplyHigh(nextLong() >>> 1, (long) bound << 1);
    }

    /** Standard normal, by Box and Muller with StrictMath, so that it is the same on every machine. */
    public double nextGaussian() {
        double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - nextDouble()));
        return radius * StrictMath.cos(2 * StrictMath.PI * nextDouble());
    }

    private static long mix(long z) {
        long a = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        long b = (a ^ (a >>> 27)) * 0x94D049BB133111EBL;
        return b ^ (b >>> 31);
    }
}
