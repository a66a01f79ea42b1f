package genka.model;

import genka.kernel.ThreadTeam;

/** Outputs of a product for few rows, handed to the team in units that the kernels compute together. */
final class StreamedUnits {
    /** Weights below which waking another worker costs more than it brings. */
    static final int WORTH_A_WORKER = 8192;

    private static final int OUTPUTS = 16;

    private StreamedUnits() {}

    /** Units of {@code outputs} outputs, each of which takes {@code work} multiply-adds. */
    static void run(ThreadTeam team, int outputs, int work, ThreadTeam.RangeTask task) {
        team.run(count(outputs), Math.max(1, WORTH_A_WORKER / (OUTPUTS * work)), task);
    }

    static int count(int outputs) {
        return (outputs + OUTPUTS - 1) / OUTPUTS;
    }

    static int first(int unit) {
        return unit * OUTPUTS;
    }

    /** End of the outputs before unit {@code unit}. */
    static int end(int unit, int outputs) {
        return Math.min(outputs, unit * OUTPUTS);
    }
}
