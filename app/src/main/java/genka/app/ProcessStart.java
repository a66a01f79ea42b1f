package genka.app;

import java.time.Duration;
import java.time.Instant;

/** When this process began, on the clock that stretches of time are measured with. */
final class ProcessStart {
    private ProcessStart() {}

    /** The reading {@link System#nanoTime} had at the process's start. */
    static long nanoTime() {
        Instant now = Instant.now();
        Instant start = ProcessHandle.current().info().startInstant().orElse(now);
        long age = Math.max(0, Duration.between(start, now).toNanos());
        return System.nanoTime() - age;
    }
}
