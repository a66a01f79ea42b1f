package genka.model;

import genka.kernel.ThreadTeam;

/** Outputs of a product for few rows, handed to the team as a long run for each worker and pieces by which all finish together. */
final class StreamedUnits {
    /** Weights below which waking another worker costs more than it brings. */
    private static final int WORTH_A_WORKER = 8 * 1024;

    /** Weights of a piece, at most: workers wait for each other about half as long as one takes. */
    private static final int PIECE = 16 * 1024;

    /** Outputs of a unit: the kernels compute some together. */
    private static final int OUTPUTS = 16;

    /** What one worker computes for itself, some of it once for all its pieces of a task. */
    abstract static class Scratch {
        private long task;

        /** Whether this is the worker's first piece of a task. */
        final boolean begins(long task) {
            boolean first = this.task != task;
            this.task = task;
            return first;
        }
    }

    private StreamedUnits() {}

    /** Units of {@code outputs} outputs, each of which takes {@code work} multiply-adds. */
    static void run(ThreadTeam team, int outputs, int work, ThreadTeam.RangeTask task) {
        each(team, (outputs + OUTPUTS - 1) / OUTPUTS, OUTPUTS * work, task);
    }

    /** Items that take {@code work} multiply-adds each. */
    static void each(ThreadTeam team, int count, int work, ThreadTeam.RangeTask task) {
        long share = (long) count * work / team.threads();
        long piece = Math.clamp(share, WORTH_A_WORKER, PIECE);
        team.share(count, (int) Math.max(1, (piece + work - 1) / work), task);
    }

    static int first(int unit) {
        return unit * OUTPUTS;
    }

    /** End of the outputs before unit {@code unit}. */
    static int end(int unit, int outputs) {
        return Math.min(outputs, unit * OUTPUTS);
    }
}
