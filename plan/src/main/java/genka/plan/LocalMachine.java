package genka.plan;

import genka.catalog.YamlFile;
import genka.units.GenkaException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
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
    /** While code is still compiled beside them, steps come slower than later: the fastest quarter of them tells the speed to come. */
    private static final double FASTEST = 0.25;

    /**
     * A moment of the training that was watched.
     *
     * @param seconds since it began
     * @param work done until then, in any unit
     */
    public record Mark(double seconds, double work) {}

    /** The speed of the faster steps after the first; what was watched took longer than that because it warmed up. */
    public static LocalMachine of(
            int processors, double startSeconds, List<Mark> marks, double flopsPerWork, String measured) {
        if (marks.size() < 3) {
            throw GenkaException.resource("this machine did " + marks.size()
                    + " steps of a tiny model in the time there was. Maybe try again when it is less busy");
        }
        double[] seconds = new double[marks.size() - 1];
        for (int i = 1; i < marks.size(); i++) {
            Mark before = marks.get(i - 1);
            Mark mark = marks.get(i);
            seconds[i - 1] = (mark.seconds() - before.seconds()) / (mark.work() - before.work());
        }
        Arrays.sort(seconds);
        double rate = 1 / Spreads.quantile(seconds, FASTEST);
        Mark end = marks.getLast();
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
