package genka.app;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;

/** When this Java process began, on the clock that stretches of time are measured with. */
final class ProcessStart {
    private ProcessStart() {}

    /** The reading {@link System#nanoTime} had when the JVM started. */
    static long nanoTime() {
        // Not the process handle's: the launcher's shell, which may have built Genka first, becomes this process.
        Instant start =
                Instant.ofEpochMilli(ManagementFactory.getRuntimeMXBean().getStartTime());
        long age = Math.max(0, Duration.between(start, Instant.now()).toNanos());
        return System.nanoTime() - age;
    }
}
