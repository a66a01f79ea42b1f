package genka.kernel;

/** What this machine can do at most, measured in this process, so that a benchmark can say how near to it a program comes. */
public final class MachineLimits {
    private static final int WINDOWS = 12;
    private static final long WARM_UP_BYTES = 1 << 16;
    private static final long READ_NANOS = 250_000_000L;

    private MachineLimits() {}

    /** Float multiply-adds on all threads of the team, in GFLOP/s, a multiply-add counting as two; takes about 0.1 seconds. */
    public static double gflops(ThreadTeam team) {
        FmaPeak limit = new FmaPeak(team);
        double best = 0;
        for (int i = 0; i < WINDOWS; i++) {
            best = Math.max(best, limit.window());
        }
        return best;
    }

    /** How fast all threads of the team together read that many bytes over and over, in GB/s; takes 0.3 seconds or a little more. */
    public static double readGbPerSecond(ThreadTeam team, long bytes) {
        // The compiler must have seen the loop, short and long: before that a single window can outlast the time.
        ReadPeak small = new ReadPeak(team, WARM_UP_BYTES);
        for (int i = 0; i < WINDOWS; i++) {
            small.window();
        }
        ReadPeak limit = new ReadPeak(team, bytes);
        double best = 0;
        long end = System.nanoTime() + READ_NANOS;
        for (int i = 0; i < WINDOWS || System.nanoTime() < end; i++) {
            best = Math.max(best, limit.window());
        }
        return best;
    }
}
