package genka.kernel;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A fixed team of threads; the caller is worker 0. Work is split over outputs, so results do not depend on its size.
 *
 * <p>Waiting threads spin for some microseconds, then park: spinning longer slows a machine that has other work. A call made from
 * inside a task runs on the worker that makes it. A call allocates nothing. Threads outside the team take turns.
 *
 * <p>The parts of a call are claimed, not assigned: a worker that the machine does not schedule in time delays nobody, the caller
 * does its part. Claims carry the number of the call, so a late worker cannot take part in the wrong one.
 */
public final class ThreadTeam implements AutoCloseable {
    /** A piece of work: items {@code from} (inclusive) to {@code to} (exclusive), on the given worker. */
    @FunctionalInterface
    public interface RangeTask {
        void run(int worker, int from, int to);
    }

    private static final RangeTask NOTHING = (worker, from, to) -> {};
    private static final VarHandle OPEN;
    private static final VarHandle PENDING;

    static {
        try {
            OPEN = MethodHandles.lookup().findVarHandle(ThreadTeam.class, "open", long.class);
            PENDING = MethodHandles.lookup().findVarHandle(ThreadTeam.class, "pending", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final TeamWorker[] others;
    private final ReentrantLock turn = new ReentrantLock();
    private RangeTask task = NOTHING;
    private int count;
    private int parts;
    private int front;
    private long calls;
    private boolean closed;

    /** The number of the call in the upper half, its parts not yet claimed in the lower half. */
    private volatile long open;

    /** Parts of the call not yet finished. */
    private volatile int pending;

    private volatile @Nullable Thread waiting;
    private volatile @Nullable Throwable failure;

    public ThreadTeam(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads (" + threads + ") must be positive");
        }
        others = new TeamWorker[threads - 1];
        for (int i = 0; i < others.length; i++) {
            others[i] = new TeamWorker(this, i + 1);
            others[i].start();
        }
    }

    public int threads() {
        return others.length + 1;
    }

    /** Splits {@code 0..count} into at most one contiguous range a thread, none shorter than {@code grain}; returns when all are done. */
    public void run(int count, int grain, RangeTask task) {
        if (count > 0) {
            call(count, Math.max(1, Math.min(threads(), count / Math.max(1, grain))), 0, task);
        }
    }

    /** Hands out the items {@code 0..count} one by one to whichever worker is free (uneven work); returns when all are done. */
    public void each(int count, RangeTask task) {
        if (count > 0) {
            call(count, count, 0, task);
        }
    }

    /**
     * Splits {@code 0..count} into one long range for each thread, three quarters of all, and ranges of about {@code size}, handed out one
     * by one to whichever worker is free: memory is read in long runs, and workers that are not equally fast end together. Returns when
     * all are done; one thread takes all at once.
     */
    public void share(int count, int size, RangeTask task) {
        int rest = (count - count * 3 / 4) / Math.max(1, size);
        if (count < threads() || rest == 0) {
            run(count, size, task);
        } else {
            call(count, threads() + rest, count * 3 / 4, task);
        }
    }

    /** Ends the threads. The team cannot be used afterwards. */
    @Override
    public void close() {
        turn.lock();
        try {
            closed = true;
            for (TeamWorker worker : others) {
                worker.end();
            }
        } finally {
            turn.unlock();
        }
    }

    /** @param front items that the first part of each thread takes; 0 when all parts are alike */
    private void call(int count, int parts, int front, RangeTask task) {
        if (Thread.currentThread() instanceof TeamWorker worker && worker.team == this) {
            alone(worker.index, count, parts, task);
        } else if (turn.isHeldByCurrentThread()) {
            alone(0, count, parts, task);
        } else {
            turn.lock();
            try {
                if (closed) {
                    throw new IllegalStateException("the thread team is closed");
                }
                if (parts == 1 || others.length == 0) {
                    alone(0, count, parts, task);
                } else {
                    together(count, parts, front, task);
                }
            } finally {
                turn.unlock();
            }
        }
    }

    private static void alone(int worker, int count, int parts, RangeTask task) {
        if (parts < count) {
            task.run(worker, 0, count);
            return;
        }
        for (int i = 0; i < count; i++) {
            task.run(worker, i, i + 1);
        }
    }

    private void together(int count, int parts, int front, RangeTask task) {
        this.task = task;
        this.count = count;
        this.parts = parts;
        this.front = front;
        pending = parts;
        calls++;
        open = calls << 32 | parts;
        for (int i = 0; i < Math.min(parts - 1, others.length); i++) {
            others[i].wake();
        }
        while (hasOpenPart()) {
            workOnOpenPart(0);
        }
        await();
        this.task = NOTHING;
        Throwable first = failure;
        if (first != null) {
            failure = null;
            rethrow(first);
        }
    }

    boolean hasOpenPart() {
        return (int) open != 0;
    }

    /** Claims one part of the call under way, if there is one left, and does it. */
    void workOnOpenPart(int worker) {
        long seen = open;
        if ((int) seen == 0 || !OPEN.compareAndSet(this, seen, seen - 1)) {
            return;
        }
        // From here to the decrement of pending the call cannot end, so its fields stand still.
        int part = parts - (int) seen;
        try {
            task.run(worker, border(part), border(part + 1));
        } catch (Throwable e) { // the caller rethrows it when all have stopped
            failure = e;
        } finally {
            if ((int) PENDING.getAndAdd(this, -1) == 1) {
                Thread thread = waiting;
                if (thread != null) {
                    LockSupport.unpark(thread);
                }
            }
        }
    }

    /** Where part {@code part} begins. */
    private int border(int part) {
        int large = front > 0 ? threads() : 0;
        return part < large
                ? (int) ((long) front * part / large)
                : front + (int) ((long) (count - front) * (part - large) / (parts - large));
    }

    private void await() {
        if (spinUntilDone()) {
            return;
        }
        waiting = Thread.currentThread();
        while (pending != 0) {
            LockSupport.park(this);
        }
        waiting = null;
    }

    private boolean spinUntilDone() {
        long start = System.nanoTime();
        do {
            for (int i = 0; i < TeamWorker.SPINS_BETWEEN_CLOCK_READS; i++) {
                if (pending == 0) {
                    return true;
                }
                Thread.onSpinWait();
            }
        } while (System.nanoTime() - start < TeamWorker.SPIN_NANOS);
        return pending == 0;
    }

    private static void rethrow(Throwable failure) {
        switch (failure) {
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new IllegalStateException(failure);
        }
    }
}
