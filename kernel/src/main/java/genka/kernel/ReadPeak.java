package genka.kernel;

/** The machine's limit for reading: every thread of a team adds up a part of its own of some memory. */
final class ReadPeak {
    private static final long LEAST_BYTES_A_WINDOW = 32L << 20;

    private final ThreadTeam team;
    private final AlignedFloats[] parts;
    private final float[] sink;
    private final int passes;
    private final ThreadTeam.RangeTask read = this::read;

    /** @param bytes what is read over and over, by all threads together */
    ReadPeak(ThreadTeam team, long bytes) {
        this.team = team;
        long floats = bytes / Float.BYTES / team.threads() / Lanes.COUNT * Lanes.COUNT;
        parts = new AlignedFloats[team.threads()];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = new AlignedFloats(Math.clamp(floats, Lanes.COUNT, 1 << 30));
        }
        sink = new float[16 * team.threads()];
        passes = (int) Math.max(1, LEAST_BYTES_A_WINDOW / Math.max(1, bytes));
    }

    /** One short measurement in GB/s. */
    double window() {
        long start = System.nanoTime();
        team.run(parts.length, 1, read);
        return (double) Float.BYTES * parts.length * parts[0].size() * passes / (System.nanoTime() - start);
    }

    private void read(int worker, int from, int to) {
        for (int i = from; i < to; i++) {
            float sum = 0;
            for (int pass = 0; pass < passes; pass++) {
                sum += parts[i].sum(0, parts[i].size());
            }
            sink[16 * i] = sum;
        }
    }
}
