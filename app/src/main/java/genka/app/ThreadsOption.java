package genka.app;

import genka.units.GenkaException;
import picocli.CommandLine.Option;

/** {@code --threads}, the same for every benchmark. */
final class ThreadsOption {
    @Option(names = "--threads", paramLabel = "N", description = "Otherwise all.")
    int threads;

    int count() {
        if (threads < 0) {
            throw GenkaException.user("--threads (" + threads + ") must be positive. Maybe leave it out for all.");
        }
        return threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
    }
}
