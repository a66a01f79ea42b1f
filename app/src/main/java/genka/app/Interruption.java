package genka.app;

import java.util.concurrent.CountDownLatch;

/**
 * Ctrl-C (and SIGTERM) during a run: the first asks it to checkpoint and waits, the second ends the process at once. The first
 * begins Java's shutdown, whose hook waits here; the process then exits with 128 + the signal's number (130 for Ctrl-C).
 */
final class Interruption implements AutoCloseable {
    private final Runnable onFirst;
    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread hook = new Thread(this::stop, "genka-interruption");

    private Interruption(Runnable onFirst) {
        this.onFirst = onFirst;
    }

    /** From now until {@link #close}, a signal calls {@code onFirst} and the process lives on until {@link #close}. */
    static Interruption handle(Runnable onFirst) {
        Interruption interruption = new Interruption(onFirst);
        Runtime.getRuntime().addShutdownHook(interruption.hook);
        return interruption;
    }

    private void stop() {
        if (done.getCount() == 0) {
            return;
        }
        // During shutdown Java ignores further signals. The system does not: there a second one ends the process.
        Posix.defaultSignal(Posix.SIGINT);
        Posix.defaultSignal(Posix.SIGTERM);
        onFirst.run();
        boolean waiting = true;
        while (waiting) {
            try {
                done.await();
                waiting = false;
            } catch (InterruptedException again) {
                // nobody interrupts a hook on purpose; the checkpoint matters more
                waiting = true;
            }
        }
    }

    /** The work is over, in whatever way: everything has been said and written. */
    @Override
    public void close() {
        done.countDown();
    }
}
