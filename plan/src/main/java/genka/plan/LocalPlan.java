package genka.plan;

import genka.catalog.Recipe;
import genka.catalog.StageSpec;
import genka.catalog.TextLengths;
import genka.units.Words;
import java.util.ArrayList;
import java.util.List;

/**
 * What a run on this machine takes, start and warm-up included.
 *
 * @param stages in order, their seconds with what they lose to warming up
 * @param low factor on all seconds at the lower end of the 80 % range, {@code high} at the upper
 * @param runs of this machine that the range comes from, 0 when it is assumed
 * @param inputs what it hangs on, with the tier of each
 */
public record LocalPlan(
        String name,
        LocalMachine machine,
        List<Stage> stages,
        double low,
        double high,
        int runs,
        List<PlanInput> inputs) {
    /** A stage's steps and seconds. */
    public record Stage(String name, double steps, double seconds) {}

    /** Assumed until more runs tell: machines are shared, and other shapes reach other speeds. */
    private static final double LOW = 0.8;

    private static final double HIGH = 1.35;
    /** So many runs say more than an assumption. */
    private static final int FEWEST = 4;

    public LocalPlan {
        stages = List.copyOf(stages);
        inputs = List.copyOf(inputs);
    }

    public static LocalPlan of(Recipe recipe, LocalMachine machine, TextLengths lengths) {
        LocalWork work = new LocalWork(recipe, lengths);
        List<Stage> stages = new ArrayList<>();
        double flops = 0;
        double steps = 0;
        double before = 0;
        for (StageSpec stage : recipe.stages()) {
            flops += work.flops(stage);
            steps += work.steps(stage);
            double until = machine.seconds(flops, steps);
            stages.add(new Stage(stage.name(), work.steps(stage), until - before));
            before = until;
        }
        return new LocalPlan(recipe.name(), machine, stages, LOW, HIGH, 0, inputs(recipe, machine));
    }

    private static List<PlanInput> inputs(Recipe recipe, LocalMachine machine) {
        PlanInputs inputs = new PlanInputs();
        inputs.add("data and steps", "as the recipe says", Tier.GIVEN, "stages");
        String here = "./genka calibrate --here, " + machine.measured();
        String gigaflops = Words.decimal(machine.flopsPerSecond() / 1e9, 1) + " GFLOP/s";
        inputs.add("speed", gigaflops, Tier.MEASURED, here);
        inputs.add("a step", Words.decimal(1e3 * machine.stepSeconds(), 1) + " ms at least", Tier.MEASURED, here);
        inputs.add("start", Words.duration(machine.startSeconds()), Tier.MEASURED, here);
        inputs.add("warm-up", Words.duration(machine.warmUpSeconds()), Tier.MEASURED, here);
        if (!recipe.stages().stream().allMatch(StageSpec.Supervised.class::isInstance)) {
            inputs.add(
                    "decoding",
                    Words.percent(LocalWork.DECODING) + " of the speed of training",
                    Tier.ASSUMED,
                    "usual here");
            inputs.add("answers", "as long as the task's demonstrations", Tier.ASSUMED, "what pre-training teaches");
        }
        return inputs.all();
    }

    /**
     * The same with the range that earlier runs of this machine show, if they are enough. Where they were all slower or all faster than
     * predicted it reaches to the estimate, which stays: other recipes' runs do not say that this one errs alike.
     *
     * @param measuredOverPredicted seconds of each
     */
    public LocalPlan after(List<Double> measuredOverPredicted) {
        if (measuredOverPredicted.size() < FEWEST) {
            return this;
        }
        List<Spreads.Residual> residuals = new ArrayList<>();
        for (double ratio : measuredOverPredicted) {
            residuals.add(new Spreads.Residual("local", "run " + residuals.size(), Math.log(ratio)));
        }
        Spreads.Spread spread = Spreads.spread(residuals);
        double low = Math.min(1, spread.low());
        double high = Math.max(1, spread.high());
        return new LocalPlan(name, machine, stages, low, high, spread.rows(), inputs);
    }

    /** From the start of the process to the end of the last stage. */
    public double seconds() {
        return machine.startSeconds()
                + stages.stream().mapToDouble(Stage::seconds).sum();
    }
}
