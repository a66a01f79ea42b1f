package genka.app;

import genka.units.GenkaException;
import picocli.CommandLine.Option;

/** {@code --threads} of commands that no recipe tells how many. */
final class ThreadsOption {
    @Option(names = "--threads", paramLabel = "N", description = "How many threads. Otherwise all.")
    int threads;

    private static final int MOST = 1024;

    int count() {
        if (threads < 0) {
            throw GenkaException.user("--threads (" + threads + ") must be positive. Maybe leave it out for all.");
        }
        if (threads > MOST) {
            throw GenkaException.user(
                    "--threads (" + threads + ") must be at most " + MOST + ". Maybe leave it out for all.");
        }
        return threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
    }
}
