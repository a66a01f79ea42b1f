package genka.kernel;

import java.util.concurrent.locks.LockSupport;

/** One thread of a {@link ThreadTeam} besides the caller: waits for open parts and works on them. */
final class TeamWorker extends Thread {
    static final long SPIN_NANOS = 30_000;
    static final int SPINS_BETWEEN_CLOCK_READS = 16;

    final ThreadTeam team;
    final int index;
    private volatile boolean parked;
    private volatile boolean ended;

    TeamWorker(ThreadTeam team, int index) {
        super("genka-worker-" + index);
        this.team = team;
        this.index = index;
        setDaemon(true);
    }

    void wake() {
        if (parked) {
            LockSupport.unpark(this);
        }
    }

    void end() {
        ended = true;
        LockSupport.unpark(this);
    }

    @Override
    public void run() {
        while (!ended) {
            if (awaitPart()) {
                team.workOnOpenPart(index);
            }
        }
    }

    private boolean awaitPart() {
        long start = System.nanoTime();
        do {
            for (int i = 0; i < SPINS_BETWEEN_CLOCK_READS; i++) {
                if (team.hasOpenPart()) {
                    return true;
                }
                Thread.onSpinWait();
            }
        } while (System.nanoTime() - start < SPIN_NANOS);
        parked = true;
        while (!team.hasOpenPart() && !ended) {
            LockSupport.park(this);
        }
        parked = false;
        return !ended;
    }
}
