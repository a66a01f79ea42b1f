package genka.kernel;

import static genka.kernel.Lanes.S;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/** The machine's limit for reading: every thread of a team adds up a part of its own of an array. */
final class ReadPeak {
    private static final int STEP = 8 * Lanes.COUNT;
    private static final long LEAST_BYTES_A_WINDOW = 32L << 20;

    private final ThreadTeam team;
    private final float[][] parts;
    private final float[] sink;
    private final int passes;
    private final ThreadTeam.RangeTask read = this::read;

    /** @param bytes what is read over and over, by all threads together */
    ReadPeak(ThreadTeam team, long bytes) {
        this.team = team;
        long floats = bytes / Float.BYTES / team.threads() / STEP * STEP;
        parts = new float[team.threads()][Math.clamp(floats, STEP, 1 << 30)];
        for (float[] part : parts) {
            Arrays.fill(part, 1);
        }
        sink = new float[16 * team.threads()];
        passes = (int) Math.max(1, LEAST_BYTES_A_WINDOW / Math.max(1, bytes));
    }

    /** One short measurement in GB/s. */
    double window() {
        long start = System.nanoTime();
        team.run(parts.length, 1, read);
        return (double) Float.BYTES * parts.length * parts[0].length * passes / (System.nanoTime() - start);
    }

    private void read(int worker, int from, int to) {
        for (int i = from; i < to; i++) {
            float sum = 0;
            for (int pass = 0; pass < passes; pass++) {
                sum += sum(parts[i]);
            }
            sink[16 * i] = sum;
        }
    }

    private static float sum(float[] x) {
        FloatVector s0 = FloatVector.zero(S);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        FloatVector s4 = s0;
        FloatVector s5 = s0;
        FloatVector s6 = s0;
        FloatVector s7 = s0;
        for (int i = 0; i < x.length; i += STEP) {
            s0 = s0.add(FloatVector.fromArray(S, x, i));
            s1 = s1.add(FloatVector.fromArray(S, x, i + Lanes.COUNT));
            s2 = s2.add(FloatVector.fromArray(S, x, i + 2 * Lanes.COUNT));
            s3 = s3.add(FloatVector.fromArray(S, x, i + 3 * Lanes.COUNT));
            s4 = s4.add(FloatVector.fromArray(S, x, i + 4 * Lanes.COUNT));
            s5 = s5.add(FloatVector.fromArray(S, x, i + 5 * Lanes.COUNT));
            s6 = s6.add(FloatVector.fromArray(S, x, i + 6 * Lanes.COUNT));
            s7 = s7.add(FloatVector.fromArray(S, x, i + 7 * Lanes.COUNT));
        }
        return Lanes.sum(s0.add(s1).add(s2.add(s3)).add(s4.add(s5).add(s6.add(s7))));
    }
}
