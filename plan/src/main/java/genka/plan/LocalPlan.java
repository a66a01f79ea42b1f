package genka.plan;

import genka.catalog.Recipe;
import genka.catalog.StageSpec;
import genka.catalog.Transformer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What a run on this machine takes, start and warm-up included.
 *
 * @param stages in order, their seconds with what they lose to warming up
 * @param low factor on all seconds at the lower end of the 80 % range, {@code high} at the upper
 */
public record LocalPlan(String name, LocalMachine machine, List<Stage> stages, double low, double high) {
    /** A stage's steps and seconds. */
    public record Stage(String name, double steps, double seconds) {}

    /** Decoding a token at a time reaches this share of the speed of training. Assumed; a step's answers are decoded together. */
    private static final double DECODING = 0.35;
    /** Of a training pass's work, what a forward pass needs. */
    private static final double FORWARD = 1.0 / 3;
    /** A step's answers in their limit, over a stage that teaches to think. Assumed. */
    private static final double MEAN_ANSWER = 0.5;
    /** Assumed until more runs tell: machines are shared, and other shapes reach other speeds. */
    private static final double LOW = 0.8;

    private static final double HIGH = 1.35;

    public LocalPlan {
        stages = List.copyOf(stages);
    }

    /** @param rows of a mean sequence that a supervised stage reads */
    public static LocalPlan of(Recipe recipe, LocalMachine machine, ToDoubleFunction<StageSpec.Supervised> rows) {
        List<Stage> stages = new ArrayList<>();
        double flops = 0;
        double before = 0;
        for (StageSpec stage : recipe.stages()) {
            Transformer model = recipe.model(stage.inputs().model()).spec().transformer(recipe.name());
            flops += flops(stage, model, rows);
            double until = machine.seconds(flops);
            stages.add(new Stage(stage.name(), steps(stage, rows), until - before));
            before = until;
        }
        return new LocalPlan(recipe.name(), machine, stages, LOW, HIGH);
    }

    private static double flops(StageSpec stage, Transformer model, ToDoubleFunction<StageSpec.Supervised> rows) {
        return switch (stage) {
            case StageSpec.Supervised s -> {
                double length = rows.applyAsDouble(s);
                yield steps(s, rows) * s.batch() * length * model.trainingFlopsPerToken(length);
            }
            case StageSpec.Grpo g -> {
                double length = MEAN_ANSWER * g.maxNewTokens();
                double work = model.trainingFlopsPerToken(length);
                double answers = (double) g.prompts() * g.group();
                yield steps(g, rows) * answers * length * work * (1 + FORWARD / DECODING);
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
