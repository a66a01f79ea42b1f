package genka.plan;

import genka.catalog.Fact;
import genka.catalog.Facts;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a run takes when machines fail: expected wall-clock hours, and what the lost ones went to. Failures come at random (Poisson),
 * at work, while a checkpoint is written and during a restart alike; the expectation is Daly's (2006, equation 13), checkpoints are
 * written as often as is best (his equation 37, a refinement of Young's √(2δM)).
 *
 * @param steadyHours of work that nothing disturbs
 * @param wallHours expected
 * @param low wall-clock hours at the lower end of the 80 % range of the facts behind them, {@code high} at the upper
 * @param meanHoursBetweenFailures of all accelerators together
 * @param checkpointSeconds to write one, {@code everyMinutes} of work apart
 * @param lostHours of the wall-clock by cause; with {@code steadyHours} they sum to {@code wallHours}
 * @param accelerators that work, {@code spares} that stand by
 */
public record Goodput(
        double steadyHours,
        double wallHours,
        double low,
        double high,
        double meanHoursBetweenFailures,
        double checkpointSeconds,
        double everyMinutes,
        Map<Loss, Double> lostHours,
        int accelerators,
        int spares) {
    /** What hours are lost to. */
    public enum Loss {
        STRAGGLERS("slow machines"),
        CHECKPOINTS("writing checkpoints"),
        REWORK("work lost since the last checkpoint"),
        DETECTION("noticing failures"),
        RESTART("restarting");

        private final String words;

        Loss(String words) {
            this.words = words;
        }

        public String words() {
            return words;
        }
    }

    private static final double SECONDS = 3600;
    private static final double MINUTES = 60;
    /** Machines stand by so that this share of the time none is missed. */
    private static final double COVERED = 0.95;
    /** So many are away that a normal distribution stands for Poisson's; its 95th percentile in standard deviations. */
    private static final double MANY = 50;

    private static final double NORMAL = 1.645;
    private static final double WORTH_SAYING = 0.0005;

    public Goodput {
        lostHours = Collections.unmodifiableMap(new EnumMap<>(lostHours));
    }

    /**
     * @param checkpointBytes weights and optimizer states of the whole model
     */
    static Goodput of(double steadyHours, int accelerators, double checkpointBytes, Facts facts) {
        Run run = new Run(steadyHours, accelerators, checkpointBytes);
        Goodput middle = of(run, Reliability.of(facts));
        double below = 0;
        double above = 0;
        for (Fact fact : facts.all()) {
            double one = distance(run, middle, Reliability.of(facts, fact.key(), Reliability.End.LOW));
            double other = distance(run, middle, Reliability.of(facts, fact.key(), Reliability.End.HIGH));
            below = Math.hypot(below, Math.min(0, Math.min(one, other)));
            above = Math.hypot(above, Math.max(0, Math.max(one, other)));
        }
        return middle.within(Math.exp(-below), Math.exp(above));
    }

    private record Run(double steadyHours, int accelerators, double checkpointBytes) {}

    private static double distance(Run run, Goodput middle, Reliability moved) {
        return Math.log(of(run, moved).wallHours() / middle.wallHours());
    }

    private static Goodput of(Run run, Reliability facts) {
        double mean = 1 / (facts.interruptionsPerHour() * run.accelerators());
        double write = run.checkpointBytes() / (run.accelerators() * facts.checkpointBytesPerSecond()) / SECONDS;
        double down = facts.detectionHours() + facts.restartHours();
        double work = run.steadyHours() * (1 + facts.slowdown());
        double every = Math.min(work, bestInterval(write, mean));
        double pieces = work / every;
        double attempts = Math.exp((every + write) / mean) - 1; // failures of a piece until it succeeds
        double tried = mean * attempts; // hours at a piece, all attempts together
        double restarting = attempts * mean * (Math.exp(down / mean) - 1);
        Map<Loss, Double> lost = new EnumMap<>(Loss.class);
        lost.put(Loss.STRAGGLERS, work - run.steadyHours());
        lost.put(Loss.CHECKPOINTS, pieces * write);
        lost.put(Loss.REWORK, pieces * (tried - every - write));
        lost.put(Loss.DETECTION, pieces * restarting * facts.detectionHours() / down);
        lost.put(Loss.RESTART, pieces * restarting * facts.restartHours() / down);
        double wall = wallHours(work, every, write, down, mean);
        int spares = facts.replacedTogether() * spareNodes(facts.hardwareShare() * facts.repairHours() / mean);
        return new Goodput(
                run.steadyHours(),
                wall,
                wall,
                wall,
                mean,
                write * SECONDS,
                every * MINUTES,
                lost,
                run.accelerators(),
                spares);
    }

    /** Hours of work between checkpoints that take {@code write} hours, at {@code mean} hours between failures (Daly 2006, equation 37). */
    static double bestInterval(double write, double mean) {
        if (write >= 2 * mean) {
            return mean;
        }
        double ratio = write / (2 * mean);
        return Math.sqrt(2 * write * mean) * (1 + Math.sqrt(ratio) / 3 + ratio / 9) - write;
    }

    /** Expected wall-clock hours for work cut into pieces of {@code every} hours (Daly 2006, equation 13). */
    static double wallHours(double work, double every, double write, double down, double mean) {
        return work / every * mean * Math.exp(down / mean) * (Math.exp((every + write) / mean) - 1);
    }

    /** Nodes that stand by when {@code away} are in repair in the mean: away at random, so Poisson. */
    private static int spareNodes(double away) {
        if (away > MANY) {
            return (int) Math.ceil(away + NORMAL * Math.sqrt(away));
        }
        double term = Math.exp(-away);
        double sum = term;
        int nodes = 0;
        while (sum < COVERED) {
            nodes++;
            term *= away / nodes;
            sum += term;
        }
        return nodes;
    }

    private Goodput within(double lowFactor, double highFactor) {
        return new Goodput(
                steadyHours,
                wallHours,
                Math.max(steadyHours, wallHours * lowFactor),
                wallHours * highFactor,
                meanHoursBetweenFailures,
                checkpointSeconds,
                everyMinutes,
                lostHours,
                accelerators,
                spares);
    }

    /** Share of the wall-clock that becomes finished work. */
    public double share() {
        return steadyHours / wallHours;
    }

    /** Shares of the wall-clock that are lost, in words, largest first; those that would read as 0.0 % are left out. */
    public Map<String, Double> losses() {
        Map<String, Double> losses = new LinkedHashMap<>();
        lostHours.entrySet().stream()
                .filter(loss -> loss.getValue() >= WORTH_SAYING * wallHours)
                .sorted(Map.Entry.<Loss, Double>comparingByValue().reversed())
                .forEach(loss -> losses.put(loss.getKey().words(), loss.getValue() / wallHours));
        return losses;
    }

    public double failures() {
        return wallHours / meanHoursBetweenFailures;
    }

    /** Accelerator-hours, spares included. */
    public double acceleratorHours() {
        return wallHours * (accelerators + spares);
    }

    public double spareHours() {
        return wallHours * spares;
    }
}
