package genka.kernel;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** One thread of a {@link ThreadTeam} besides the caller: waits for a call, does its share, says so. */
final class TeamWorker extends Thread {
    static final long SPIN_NANOS = 30_000;
    static final int SPINS_BETWEEN_CLOCK_READS = 16;

    final ThreadTeam team;
    final int index;
    private volatile int calls;
    private volatile boolean parked;
    private volatile boolean ended;
    private @Nullable Throwable failure;

    TeamWorker(ThreadTeam team, int index) {
        super("genka-worker-" + index);
        this.team = team;
        this.index = index;
        setDaemon(true);
    }

    /** Only the thread that holds the team's turn calls this, so the increment is not contended. */
    @SuppressWarnings("NonAtomicVolatileUpdate")
    void wake() {
        calls++;
        if (parked) {
            LockSupport.unpark(this);
        }
    }

    void end() {
        ended = true;
        wake();
    }

    /** What the last call threw here, or null. Called after the barrier. */
    @Nullable
    Throwable takeFailure() {
        Throwable last = failure;
        failure = null;
        return last;
    }

    @Override
    public void run() {
        int seen = 0;
        while (true) {
            awaitCall(seen);
            seen++;
            if (ended) {
                return;
            }
            try {
                team.work(index);
            } catch (Throwable e) { // the caller rethrows it
                failure = e;
            }
            team.arrive();
        }
    }

    private void awaitCall(int seen) {
        long start = System.nanoTime();
        do {
            for (int i = 0; i < SPINS_BETWEEN_CLOCK_READS; i++) {
                if (calls != seen) {
                    return;
                }
                Thread.onSpinWait();
            }
        } while (System.nanoTime() - start < SPIN_NANOS);
        parked = true;
        while (calls == seen) {
            LockSupport.park(this);
        }
        parked = false;
    }
}
