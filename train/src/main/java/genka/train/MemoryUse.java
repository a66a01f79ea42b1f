package genka.train;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Memory of this process.
 *
 * @param live bytes of the heap that are reachable
 * @param resident bytes of the process in memory, -1 where the system does not tell
 */
record MemoryUse(long live, long resident) {
    private static final Path STATUS = Path.of("/proc/self/status");

    /** Measured after a garbage collection. */
    static MemoryUse now() {
        System.gc();
        return new MemoryUse(liveBytes(), residentBytes());
    }

    /** What the collection left: the heap's use now would count what threads reserve for what they may allocate. */
    private static long liveBytes() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP && pool.getCollectionUsage() != null)
                .mapToLong(pool -> pool.getCollectionUsage().getUsed())
                .sum();
    }

    MemoryUse since(MemoryUse before) {
        return new MemoryUse(live - before.live, resident < 0 ? -1 : resident - before.resident);
    }

    private static long residentBytes() {
        try {
            return Files.readAllLines(STATUS).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
                    .findFirst()
                    .orElse(-1);
        } catch (IOException e) {
            return -1;
        }
    }
}
