package genka.books;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.LongSupplier;

/**
 * Energy since it was started: the processor packages' own counters (RAPL) where the operating system lets us read them, and always the
 * processor time, from which an estimate can be made. RAPL counts all that runs on the packages and leaves out memory outside them,
 * disks, fans and the power supply's loss.
 */
public final class EnergyMeter {
    /** One package's counter in microjoules; it wraps at the range. */
    private static final class Counter {
        final Path file;
        final long range;
        long last;

        Counter(Path file, long range, long last) {
            this.file = file;
            this.range = range;
            this.last = last;
        }
    }

    private final List<Counter> counters = new ArrayList<>();
    private final LongSupplier cpuNanos;
    private double microjoules;
    private boolean readable;

    EnergyMeter(Path powercap, LongSupplier cpuNanos) {
        this.cpuNanos = cpuNanos;
        // intel-rapl:0 is a package, intel-rapl:0:0 a part of it.
        try (DirectoryStream<Path> zones = Files.newDirectoryStream(
                powercap, z -> z.getFileName().toString().matches("intel-rapl:\\d+"))) {
            for (Path zone : zones) {
                Path file = zone.resolve("energy_uj");
                counters.add(new Counter(file, number(zone.resolve("max_energy_range_uj")), number(file)));
            }
        } catch (IOException | NumberFormatException | java.nio.file.DirectoryIteratorException e) {
            counters.clear();
        }
        readable = !counters.isEmpty();
    }

    /** Measures this machine from now on, and this process from its start. */
    public static EnergyMeter start() {
        return new EnergyMeter(
                Path.of("/sys/class/powercap"),
                () -> ProcessHandle.current()
                        .info()
                        .totalCpuDuration()
                        .map(java.time.Duration::toNanos)
                        .orElse(0L));
    }

    /** What was used so far. Read it at least every few minutes: a counter that wraps twice in between is not noticed. */
    public synchronized EnergyUse read() {
        for (Counter counter : counters) {
            try {
                long now = number(counter.file);
                microjoules += now >= counter.last ? now - counter.last : counter.range - counter.last + now;
                counter.last = now;
            } catch (IOException | NumberFormatException e) {
                // Half a measurement is none: from here on only the estimate remains.
                readable = false;
            }
        }
        return new EnergyUse(
                cpuNanos.getAsLong(), readable ? OptionalDouble.of(microjoules / 1e6) : OptionalDouble.empty());
    }

    private static long number(Path file) throws IOException {
        return Long.parseLong(Files.readString(file).strip());
    }
}
