package genka.books;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnergyMeterTest {
    @TempDir
    Path powercap;

    private void counter(String zone, long microjoules) throws IOException {
        Path folder = Files.createDirectories(powercap.resolve(zone));
        Files.writeString(folder.resolve("max_energy_range_uj"), "1000000000\n");
        Files.writeString(folder.resolve("energy_uj"), microjoules + "\n");
    }

    @Test
    void packagesAddUpAndTheirPartsDoNotCountTwice() throws IOException {
        counter("intel-rapl:0", 100);
        counter("intel-rapl:0:0", 100);
        counter("intel-rapl:1", 0);
        EnergyMeter meter = new EnergyMeter(powercap, () -> 42);
        counter("intel-rapl:0", 2_000_100);
        counter("intel-rapl:0:0", 1_000_100);
        counter("intel-rapl:1", 500_000);
        assertThat(meter.read().raplJoules()).hasValue(2.5);
        assertThat(meter.read()).isEqualTo(new EnergyUse(42, java.util.OptionalDouble.of(2.5)));
    }

    @Test
    void counterThatWrapsGoesOn() throws IOException {
        counter("intel-rapl:0", 999_000_000);
        EnergyMeter meter = new EnergyMeter(powercap, () -> 0);
        counter("intel-rapl:0", 1_000_000);
        assertThat(meter.read().raplJoules()).hasValue(2.0);
    }

    @Test
    void withoutReadableCountersOnlyProcessorTimeIsTold() throws IOException {
        assertThat(new EnergyMeter(powercap, () -> 7).read().raplJoules()).isEmpty();
        assertThat(new EnergyMeter(powercap.resolve("none"), () -> 7).read().cpuNanos())
                .isEqualTo(7);
        counter("intel-rapl:0", 5);
        EnergyMeter meter = new EnergyMeter(powercap, () -> 7);
        Files.delete(powercap.resolve("intel-rapl:0").resolve("energy_uj"));
        assertThat(meter.read().raplJoules()).isEmpty();
    }

    @Test
    void thisProcessHasUsedProcessorTime() {
        assertThat(EnergyMeter.start().read().cpuNanos()).isPositive();
    }
}
