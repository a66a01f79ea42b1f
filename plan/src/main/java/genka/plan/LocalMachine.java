package genka.plan;

import genka.catalog.YamlFile;
import genka.units.GenkaException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * How fast this machine trains, as a few seconds of training showed. A run loses some seconds until its code is compiled, then works at
 * one speed.
 *
 * @param startSeconds from the start of the process to the first step
 * @param warmUpSeconds lost until code is compiled
 * @param flopsPerSecond of model work after that, all threads together
 * @param measured the day
 */
public record LocalMachine(
        int processors, double startSeconds, double warmUpSeconds, double flopsPerSecond, String measured) {
    /** The first step waits for its code to be compiled; of the steps after it the last half counts. */
    private static final double LAST = 0.5;

    /**
     * A moment of the training that was watched.
     *
     * @param seconds since it began
     * @param work done until then, in any unit
     */
    public record Mark(double seconds, double work) {}

    /** The speed of the last part; what the time before took longer than that is warm-up. */
    public static LocalMachine of(
            int processors, double startSeconds, List<Mark> marks, double flopsPerWork, String measured) {
        if (marks.size() < 3) {
            throw GenkaException.resource("this machine did " + marks.size()
                    + " steps of a tiny model in the time there was. Maybe try again when it is less busy");
        }
        Mark end = marks.getLast();
        double first = marks.getFirst().seconds();
        Mark from = marks.stream()
                .filter(mark -> mark.seconds() >= end.seconds() - LAST * (end.seconds() - first))
                .findFirst()
                .filter(mark -> mark.work() < end.work())
                .orElse(marks.get(marks.size() - 2));
        double rate = (end.work() - from.work()) / (end.seconds() - from.seconds());
        double warmUp = Math.max(0, end.seconds() - end.work() / rate);
        return new LocalMachine(processors, startSeconds, warmUp, rate * flopsPerWork, measured);
    }

    /** Seconds of training for that much work, from cold. */
    double seconds(double flops) {
        return warmUpSeconds + flops / flopsPerSecond;
    }

    /** Where a home folder keeps it. */
    public static Path file(Path home) {
        return home.resolve("machine.yaml");
    }

    public String text() {
        return String.format(Locale.ROOT, """
                about: How fast this machine trains, measured by ./genka calibrate --here.
                processors: %d
                start_seconds: %.3f
                warm_up_seconds: %.3f
                gigaflops: %.3f
                measured: "%s"
                """, processors, startSeconds, warmUpSeconds, flopsPerSecond / 1e9, measured);
    }

    /** Reads what {@link #text} wrote. */
    public static LocalMachine read(Path home) {
        Path file = file(home);
        if (!Files.isRegularFile(file)) {
            throw GenkaException.user("this machine is not measured yet. Maybe ./genka calibrate --here");
        }
        Values values = Values.of(YamlFile.read(file));
        return new LocalMachine(
                values.whole("processors").orElse(1),
                values.number("start_seconds").orElseThrow(() -> broken(file)),
                values.number("warm_up_seconds").orElseThrow(() -> broken(file)),
                1e9 * values.number("gigaflops").orElseThrow(() -> broken(file)),
                values.text("measured").orElse(""));
    }

    private static GenkaException broken(Path file) {
        return GenkaException.user(file + " is not what calibrate --here writes. Maybe run it again");
    }
}
