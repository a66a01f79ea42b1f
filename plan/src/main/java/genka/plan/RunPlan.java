package genka.plan;

import genka.units.Words;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What a training run needs: its stages one after another on the same accelerators.
 *
 * @param goodput the same with failures, checkpoints and spares
 * @param published accelerator-hours that its makers stated, for comparison
 * @param refusal why it cannot run as planned, if it cannot
 * @param inputs what it hangs on, with the tier of each
 * @param notes what the plan leaves out or assumes, a line each
 */
public record RunPlan(
        String name,
        List<StagePlan> stages,
        Goodput goodput,
        HourlyPrice price,
        Optional<Published> published,
        Optional<Refusal> refusal,
        List<PlanInput> inputs,
        List<String> notes) {
    /**
     * Why a plan does not fit.
     *
     * @param nearest the fastest way on the fewest accelerators of that kind, doubled from those it was planned on, if any fits
     */
    public record Refusal(String reason, Optional<Search.Found> nearest) {
        /** What to do instead. */
        public String remedy() {
            return nearest.map(found -> "the nearest plan that fits: "
                            + found.job().cluster().accelerators() + " × "
                            + found.job().cluster().name() + ", "
                            + found.job().strategy().words() + ", " + Words.bytes(found.bytes()))
                    .orElse("nothing near it fits: Maybe accelerators with more memory, or shorter sequences");
        }
    }

    /** Stated by the makers. */
    public record Published(double acceleratorHours, String source) {
        /** How the plan differs, as a share of it. */
        public double difference(RunPlan plan) {
            return plan.acceleratorHours() / acceleratorHours - 1;
        }
    }

    public RunPlan {
        stages = List.copyOf(stages);
        inputs = List.copyOf(inputs);
        notes = List.copyOf(notes);
    }

    /** The same with one more note, before the others. */
    RunPlan noting(String note) {
        List<String> all = new ArrayList<>(List.of(note));
        all.addAll(notes);
        return new RunPlan(name, stages, goodput, price, published, refusal, inputs, all);
    }

    public double hours() {
        return stages.stream().mapToDouble(StagePlan::hours).sum();
    }

    public double acceleratorHours() {
        return stages.stream().mapToDouble(StagePlan::acceleratorHours).sum();
    }

    /** Factor on hours at the lower end of the 80 % range: errors of stages of one model come together. */
    public double low() {
        return stages.stream().mapToDouble(stage -> stage.low() * stage.hours()).sum() / hours();
    }

    public double high() {
        return stages.stream()
                        .mapToDouble(stage -> stage.high() * stage.hours())
                        .sum()
                / hours();
    }

    /** Factor on the expected wall-clock at the lower end of its range: steady time and failures vary independently. */
    public double expectedLow() {
        return Math.exp(-Math.hypot(Math.log(low()), Math.log(goodput.low() / goodput.wallHours())));
    }

    public double expectedHigh() {
        return Math.exp(Math.hypot(Math.log(high()), Math.log(goodput.high() / goodput.wallHours())));
    }

    public double usd() {
        return acceleratorHours() * price.usd();
    }

    public double usdLow() {
        return usd() * cheaper(low());
    }

    public double usdHigh() {
        return usd() * dearer(high());
    }

    /** Dollars with failures and spares. */
    public double expectedUsd() {
        return goodput.acceleratorHours() * price.usd();
    }

    public double expectedUsdLow() {
        return expectedUsd() * cheaper(expectedLow());
    }

    public double expectedUsdHigh() {
        return expectedUsd() * dearer(expectedHigh());
    }

    /** Time and price vary independently: their logarithms' distances add in squares. */
    private double cheaper(double time) {
        return Math.exp(-Math.hypot(Math.log(time), Math.log(price.low() / price.usd())));
    }

    private double dearer(double time) {
        return Math.exp(Math.hypot(Math.log(time), Math.log(price.high() / price.usd())));
    }

    /** The stage that most of the time goes to. */
    public StagePlan longest() {
        return stages.stream().max(Comparator.comparingDouble(StagePlan::hours)).orElseThrow();
    }

    /** The stage that needs most memory: it decides whether the plan fits. */
    public StagePlan fullest() {
        return stages.stream()
                .max(Comparator.comparingDouble(stage -> stage.memory().total()))
                .orElseThrow();
    }

    /** The longest stage that only trains, if any: what spreading it otherwise would change. */
    public Optional<StagePlan> longestTraining() {
        return stages.stream()
                .filter(stage -> !stage.shares().containsKey(StepTime.Part.ROLLOUT))
                .max(Comparator.comparingDouble(StagePlan::hours));
    }
}
