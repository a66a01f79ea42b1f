package genka.plan;

import genka.catalog.MuonWork;
import genka.catalog.Recipe;
import genka.catalog.StageSpec;
import genka.catalog.Transformer;
import genka.units.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

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

    /** Decoding a token at a time reaches this share of the speed of training. Assumed; a step's answers are decoded together. */
    private static final double DECODING = 0.18;
    /** Of a training pass's work, what a forward pass needs. */
    private static final double FORWARD = 1.0 / 3;
    /** A step's answers in their limit, over a stage that teaches to think. Assumed. */
    private static final double MEAN_ANSWER = 0.5;
    /** Assumed until more runs tell: machines are shared, and other shapes reach other speeds. */
    private static final double LOW = 0.8;

    private static final double HIGH = 1.35;
    /** So many runs say more than an assumption. */
    private static final int FEWEST = 4;

    public LocalPlan {
        stages = List.copyOf(stages);
        inputs = List.copyOf(inputs);
    }

    /** @param rows of a mean sequence that a supervised stage reads */
    public static LocalPlan of(Recipe recipe, LocalMachine machine, ToDoubleFunction<StageSpec.Supervised> rows) {
        List<Stage> stages = new ArrayList<>();
        double flops = 0;
        double steps = 0;
        double before = 0;
        for (StageSpec stage : recipe.stages()) {
            Transformer model = recipe.model(stage.inputs().model()).spec().transformer(recipe.name());
            flops += flops(stage, model, rows) + evaluationFlops(recipe, stage, model, rows);
            steps += steps(stage, rows);
            double until = machine.seconds(flops, steps);
            stages.add(new Stage(stage.name(), steps(stage, rows), until - before));
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
            inputs.add("decoding", Words.percent(DECODING) + " of the speed of training", Tier.ASSUMED, "usual here");
            inputs.add("answers", Words.percent(MEAN_ANSWER) + " of their limit", Tier.ASSUMED, "usual here");
        }
        return inputs.all();
    }

    /**
     * The same with the range that earlier runs of this machine show, if they are enough.
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
        return new LocalPlan(name, machine, stages, spread.low(), spread.high(), spread.rows(), inputs);
    }

    private static double flops(StageSpec stage, Transformer model, ToDoubleFunction<StageSpec.Supervised> rows) {
        return switch (stage) {
            case StageSpec.Supervised s -> steps(s, rows) * stepFlops(s, model, rows.applyAsDouble(s));
            case StageSpec.Grpo g -> {
                double length = MEAN_ANSWER * g.maxNewTokens();
                double work = model.trainingFlopsPerToken(length);
                double answers = (double) g.prompts() * g.group();
                yield steps(g, rows) * (answers * length * work * (1 + FORWARD / DECODING) + optimizerFlops(g, model));
            }
            case StageSpec.RejectionSample r -> {
                double length = MEAN_ANSWER * r.maxNewTokens();
                yield (double) r.prompts()
                        * r.samples()
                        * length
                        * model.trainingFlopsPerToken(length)
                        * FORWARD
                        / DECODING;
            }
        };
    }

    /** Work of a step of supervised training. */
    public static double stepFlops(StageSpec.Supervised stage, Transformer model, double rows) {
        return stage.batch() * rows * model.trainingFlopsPerToken(rows) + optimizerFlops(stage, model);
    }

    private static double optimizerFlops(StageSpec.Training stage, Transformer model) {
        return stage.optimizer()
                .muon()
                .map(muon -> MuonWork.replicated(muon, model) + MuonWork.routed(muon, model))
                .orElse(0.0);
    }

    /** Answers to the prompts that are kept apart, every so many steps and after the last. */
    private static double evaluationFlops(
            Recipe recipe, StageSpec stage, Transformer model, ToDoubleFunction<StageSpec.Supervised> rows) {
        double length = switch (stage) {
            case StageSpec.Supervised s -> rows.applyAsDouble(s);
            case StageSpec.Grpo g -> MEAN_ANSWER * g.maxNewTokens();
            case StageSpec.RejectionSample _ -> 0;
        };
        double prompts = recipe.sources().values().stream()
                .mapToDouble(source -> source instanceof Recipe.DataSpec.Task task ? task.evaluationPrompts() : 0)
                .sum();
        double times = stage.evaluateEvery() == 0 ? 1 : Math.ceil(steps(stage, rows) / stage.evaluateEvery());
        return length == 0 ? 0 : times * prompts * length * model.trainingFlopsPerToken(length) * FORWARD / DECODING;
    }

    private static double steps(StageSpec stage, ToDoubleFunction<StageSpec.Supervised> rows) {
        return switch (stage) {
            case StageSpec.Supervised s ->
                s.steps().isPresent()
                        ? s.steps().get()
                        : Math.ceil(s.tokens().orElseThrow() / (s.batch() * rows.applyAsDouble(s)));
            case StageSpec.Grpo g ->
                g.stop()
                        .flatMap(StageSpec.StopSpec::usualSteps)
                        .map(Integer::doubleValue)
                        .orElse((double) g.steps());
            case StageSpec.RejectionSample r -> r.steps();
        };
    }

    /** From the start of the process to the end of the last stage. */
    public double seconds() {
        return machine.startSeconds()
                + stages.stream().mapToDouble(Stage::seconds).sum();
    }
}
