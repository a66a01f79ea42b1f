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
 */
public final class ThreadTeam implements AutoCloseable {
    /** A piece of work: items {@code from} (inclusive) to {@code to} (exclusive), on the given worker. */
    @FunctionalInterface
    public interface RangeTask {
        void run(int worker, int from, int to);
    }

    private static final RangeTask NOTHING = (worker, from, to) -> {};
    private static final VarHandle NEXT;
    private static final VarHandle PENDING;

    static {
        try {
            NEXT = MethodHandles.lookup().findVarHandle(ThreadTeam.class, "next", int.class);
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
    private boolean dynamic;
    private boolean closed;

    @SuppressWarnings("UnusedVariable") // reached through NEXT
    private volatile int next;

    private volatile int pending;
    private volatile @Nullable Thread waiting;

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
        call(count, Math.min(threads(), count / Math.max(1, grain)), false, task);
    }

    /** Hands out the items {@code 0..count} one by one to whichever worker is free (uneven work); returns when all are done. */
    public void each(int count, RangeTask task) {
        call(count, Math.min(threads(), count), true, task);
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

    private void call(int count, int parts, boolean dynamic, RangeTask task) {
        if (count <= 0) {
            return;
        }
        if (Thread.currentThread() instanceof TeamWorker worker && worker.team == this) {
            alone(worker.index, count, dynamic, task);
        } else if (turn.isHeldByCurrentThread()) {
            alone(0, count, dynamic, task);
        } else {
            turn.lock();
            try {
                if (closed) {
                    throw new IllegalStateException("the thread team is closed");
                }
                if (parts <= 1) {
                    alone(0, count, dynamic, task);
                } else {
                    together(count, parts, dynamic, task);
                }
            } finally {
                turn.unlock();
            }
        }
    }

    private static void alone(int worker, int count, boolean dynamic, RangeTask task) {
        if (!dynamic) {
            task.run(worker, 0, count);
            return;
        }
        for (int i = 0; i < count; i++) {
            task.run(worker, i, i + 1);
        }
    }

    private void together(int count, int parts, boolean dynamic, RangeTask task) {
        this.task = task;
        this.count = count;
        this.parts = parts;
        this.dynamic = dynamic;
        NEXT.setOpaque(this, 0);
        PENDING.setOpaque(this, parts - 1);
        for (int i = 0; i < parts - 1; i++) {
            others[i].wake();
        }
        Throwable failure = null;
        try {
            work(0);
        } catch (Throwable e) { // rethrown below, when the others have stopped
            failure = e;
        }
        await();
        this.task = NOTHING;
        for (int i = 0; i < parts - 1; i++) {
            Throwable theirs = others[i].takeFailure();
            failure = failure == null ? theirs : failure;
        }
        if (failure != null) {
            rethrow(failure);
        }
    }

    /** The share of one worker in the call under way. */
    void work(int worker) {
        if (dynamic) {
            for (int i = claim(); i < count; i = claim()) {
                task.run(worker, i, i + 1);
            }
        } else {
            int from = (int) ((long) count * worker / parts);
            int to = (int) ((long) count * (worker + 1) / parts);
            task.run(worker, from, to);
        }
    }

    private int claim() {
        return (int) NEXT.getAndAdd(this, 1);
    }

    /** Called by a worker when its share is done. */
    void arrive() {
        if ((int) PENDING.getAndAdd(this, -1) == 1) {
            Thread thread = waiting;
            if (thread != null) {
                LockSupport.unpark(thread);
            }
        }
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
