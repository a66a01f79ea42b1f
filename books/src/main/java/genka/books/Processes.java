package genka.books;

import java.time.Instant;
import java.util.Optional;

/** Whether a process of an earlier entry still lives. A process id alone does not say: the system gives it away again. */
final class Processes {
    private static final long TOLERANCE_MILLIS = 2_000;

    private Processes() {}

    /** When that process began, in milliseconds since 1970; 0 where the system does not tell or there is none. */
    static long startedAt(long pid) {
        return ProcessHandle.of(pid)
                .flatMap(process -> process.info().startInstant())
                .map(Instant::toEpochMilli)
                .orElse(0L);
    }

    static boolean lives(long pid, long startedAtMillis) {
        Optional<ProcessHandle> process = ProcessHandle.of(pid);
        if (process.isEmpty() || !process.get().isAlive()) {
            return false;
        }
        long began = startedAt(pid);
        return began == 0 || startedAtMillis == 0 || Math.abs(began - startedAtMillis) <= TOLERANCE_MILLIS;
    }
}
