package genka.plan;

import genka.catalog.YamlFile;
import genka.units.GenkaException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * How fast this machine trains, as a few seconds of training showed. A run loses some seconds until its code is compiled; then a step
 * takes a fixed time, and its work at one speed.
 *
 * @param startSeconds from the start of the process to the first step
 * @param warmUpSeconds lost until code is compiled
 * @param stepSeconds that a step takes however little it does: handing out work, small products, the optimizer
 * @param flopsPerSecond of model work beside that, all threads together
 * @param measured the day
 */
public record LocalMachine(
        int processors,
        double startSeconds,
        double warmUpSeconds,
        double stepSeconds,
        double flopsPerSecond,
        String measured) {
    /**
     * Code is compiled by how often it ran, whatever the machine: step n takes so much longer than later ones. Seen on the tiny recipe
     * (docs/lab-log.md); before the first steps that count, compiling is most of a step.
     */
    private static final double LONGER_AT_FIRST = 0.9;

    private static final double STEPS_TO_SETTLE = 35;
    private static final int COUNTED_FROM = 8;
    /** A step's fixed part on the tiny recipe, whose steps are as small as any. Steps twenty times as large work twice as fast. */
    private static final double FIXED = 0.5;
    /** So many of them tell the speed. */
    private static final int FEWEST = 6;

    /** Steps that must be watched. */
    public static final int WATCHED_STEPS = COUNTED_FROM + FEWEST;

    /**
     * The end of a step of the training that was watched.
     *
     * @param seconds since training began
     * @param step the first is 1
     */
    public record Mark(double seconds, long step) {}

    /**
     * The speed that the steps come down to; what they take longer, those still to come too, is the warm-up.
     *
     * @param marks of all steps in order
     */
    public static LocalMachine of(
            int processors, double startSeconds, List<Mark> marks, double flopsPerStep, String measured) {
        if (marks.size() < WATCHED_STEPS) {
            throw GenkaException.resource("this machine did " + marks.size()
                    + " steps of a tiny model in the time there was. Maybe try again when it is less busy");
        }
        double[] steady = new double[marks.size() - COUNTED_FROM];
        for (int i = COUNTED_FROM; i < marks.size(); i++) {
            double seconds = marks.get(i).seconds() - marks.get(i - 1).seconds();
            steady[i - COUNTED_FROM] = seconds / timesLonger(marks.get(i).step());
        }
        Arrays.sort(steady);
        double step = Spreads.quantile(steady, 0.5);
        Mark end = marks.getLast();
        double coming = STEPS_TO_SETTLE * (timesLonger(end.step()) - 1);
        double warmUp = Math.max(0, end.seconds() + step * (coming - end.step()));
        return new LocalMachine(
                processors, startSeconds, warmUp, FIXED * step, flopsPerStep / ((1 - FIXED) * step), measured);
    }

    /** What a step takes beside one of a process that has run for long. */
    static double timesLonger(long step) {
        return 1 + LONGER_AT_FIRST * Math.exp(-step / STEPS_TO_SETTLE);
    }

    /** Seconds of training for that much work in so many steps, from cold. */
    double seconds(double flops, double steps) {
        return warmUpSeconds + steps * stepSeconds + flops / flopsPerSecond;
    }

    /** Where a home folder keeps it. */
    public static Path file(Path home) {
        return home.resolve("machine.yaml");
    }

    public String text() {
        return String.format(
                Locale.ROOT,
                """
                about: How fast this machine trains, measured by ./genka calibrate --here.
                processors: %d
                start_seconds: %.3f
                warm_up_seconds: %.3f
                step_milliseconds: %.3f
                gigaflops: %.3f
                measured: "%s"
                """,
                processors,
                startSeconds,
                warmUpSeconds,
                1e3 * stepSeconds,
                flopsPerSecond / 1e9,
                measured);
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
                1e-3 * values.number("step_milliseconds").orElseThrow(() -> broken(file)),
                1e9 * values.number("gigaflops").orElseThrow(() -> broken(file)),
                values.text("measured").orElse(""));
    }

    private static GenkaException broken(Path file) {
        return GenkaException.user(file + " is not what calibrate --here writes. Maybe run it again");
    }
}
