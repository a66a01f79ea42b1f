package genka.kernel;

import static genka.kernel.Lanes.S;

import jdk.incubator.vector.FloatVector;

/** The machine's limit for float multiply-adds: independent chains that never leave the registers, on every thread of a team. */
public final class FmaPeak {
    private static final int CHAINS = 12;
    private static final int STEPS = 200_000;

    private final ThreadTeam team;
    private final float[] sink;
    private final ThreadTeam.RangeTask chains = this::chains;

    public FmaPeak(ThreadTeam team) {
        this.team = team;
        this.sink = new float[16 * team.threads()];
    }

    /** One measurement of about half a millisecond in GFLOP/s, a multiply-add counting as two. */
    public double window() {
        long start = System.nanoTime();
        team.run(team.threads(), 1, chains);
        long nanos = System.nanoTime() - start;
        return 2.0 * CHAINS * Lanes.COUNT * STEPS * team.threads() / nanos;
    }

    private void chains(int worker, int from, int to) {
        for (int i = from; i < to; i++) {
            sink[16 * i] = chain(STEPS, 0.999f);
        }
    }

    private static float chain(int steps, float factor) {
        FloatVector x = FloatVector.broadcast(S, factor);
        FloatVector y = FloatVector.broadcast(S, 1 - factor);
        FloatVector s0 = x;
        FloatVector s1 = x;
        FloatVector s2 = x;
        FloatVector s3 = x;
        FloatVector s4 = x;
        FloatVector s5 = x;
        FloatVector s6 = x;
        FloatVector s7 = x;
        FloatVector s8 = x;
        FloatVector s9 = x;
        FloatVector s10 = x;
        FloatVector s11 = x;
        for (int i = 0; i < steps; i++) {
            s0 = s0.fma(x, y);
            s1 = s1.fma(x, y);
            s2 = s2.fma(x, y);
            s3 = s3.fma(x, y);
            s4 = s4.fma(x, y);
            s5 = s5.fma(x, y);
            s6 = s6.fma(x, y);
            s7 = s7.fma(x, y);
            s8 = s8.fma(x, y);
            s9 = s9.fma(x, y);
            s10 = s10.fma(x, y);
            s11 = s11.fma(x, y);
        }
        FloatVector left = s0.add(s1).add(s2).add(s3).add(s4).add(s5);
        FloatVector right = s6.add(s7).add(s8).add(s9).add(s10).add(s11);
        return Lanes.sum(left.add(right));
    }
}
