package genka.plan;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What one stage needs.
 *
 * @param name of the stage in its recipe
 * @param steps optimizer steps
 * @param stepSeconds predicted seconds of one
 * @param shares of the step's time by what it is spent on; they sum to 1
 * @param low factor on the seconds at the lower end of the 80 % range, {@code high} at the upper
 */
public record StagePlan(
        String name,
        Job job,
        double steps,
        double stepSeconds,
        Map<StepTime.Part, Double> shares,
        MemoryModel.Use memory,
        double low,
        double high) {
    private static final double SECONDS = 3600;

    static StagePlan of(String name, Job job, double steps, Calibration calibration) {
        StepTime time = new StepTime();
        double seconds = calibration.playing().evaluate(job, time);
        Map<StepTime.Part, Double> shares = new EnumMap<>(StepTime.Part.class);
        for (StepTime.Part part : StepTime.Part.values()) {
            if (time.seconds(part) > 0) {
                shares.put(part, time.seconds(part) / seconds);
            }
        }
        Spreads.Spread spread = calibration.spread(job, false);
        return new StagePlan(name, job, steps, seconds, shares, MemoryModel.of(job), spread.low(), spread.high());
    }

    /** Wall-clock hours. */
    public double hours() {
        return hours(stepSeconds);
    }

    /** Were a step to take so long. */
    public double hours(double otherSeconds) {
        return steps * otherSeconds / SECONDS;
    }

    public double acceleratorHours() {
        return hours() * job.cluster().accelerators();
    }

    public double tokens() {
        return steps * job.tokensPerStep();
    }

    public double tokensPerSecondPerAccelerator() {
        return job.tokensPerSecondPerAccelerator(stepSeconds);
    }

    /** Model FLOP done over the dense 16-bit peak; the peak here is the reached one times what it lacks. */
    public double modelFlopsPerSecondPerAccelerator() {
        return tokensPerSecondPerAccelerator() * job.model().trainingFlopsPerToken(job.sequence());
    }

    public boolean fits() {
        return MemoryModel.fits(memory.total(), job.cluster());
    }

    /** Shares of the step's time in words, largest first. */
    public Map<String, Double> shareWords() {
        Map<String, Double> words = new LinkedHashMap<>();
        shares.entrySet().stream()
                .sorted(Map.Entry.<StepTime.Part, Double>comparingByValue().reversed())
                .forEach(share -> words.put(share.getKey().words(), share.getValue()));
        return words;
    }

    /** What the step spends most on. */
    public StepTime.Part binds() {
        return shares.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .orElseThrow()
                .getKey();
    }
}
