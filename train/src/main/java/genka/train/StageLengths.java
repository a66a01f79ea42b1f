package genka.train;

import genka.catalog.Recipe;
import genka.catalog.StageSpec;
import genka.catalog.TextLengths;
import genka.model.Tokenizers;
import java.util.HashMap;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** How long the texts of a recipe are, read off the first of them. */
public final class StageLengths implements TextLengths {
    private final Recipe recipe;
    private final Sources sources;
    private final Map<String, TaskData.Lengths> tasks = new HashMap<>();

    public StageLengths(Recipe recipe) {
        this(recipe, new Sources(recipe, Tokenizers.of(recipe.tokenizer())));
    }

    StageLengths(Recipe recipe, Sources sources) {
        this.recipe = recipe;
        this.sources = sources;
    }

    /** {@inheritDoc} The longest where another stage has yet to write them. */
    @Override
    public double rows(StageSpec.Supervised stage) {
        double sum = 0;
        double weights = 0;
        for (var source : stage.inputs().data().entrySet()) {
            boolean known = recipe.sources().containsKey(source.getKey());
            double rows = known
                    ? sources.training(source.getKey(), 0, false).meanRows(stage.sequenceLength())
                    : stage.sequenceLength();
            sum += source.getValue() * rows;
            weights += source.getValue();
        }
        return sum / weights;
    }

    @Override
    public double prompt(Map<String, Double> tasks) {
        return mean(tasks, TaskData.Lengths::prompt);
    }

    @Override
    public double answer(Map<String, Double> tasks) {
        return mean(tasks, TaskData.Lengths::answer);
    }

    private double mean(Map<String, Double> weighted, ToDoubleFunction<TaskData.Lengths> length) {
        double sum = 0;
        double weights = 0;
        for (var source : weighted.entrySet()) {
            if (sources.isTask(source.getKey())) {
                TaskData.Lengths of = tasks.computeIfAbsent(
                        source.getKey(), name -> sources.task(name, 0, true).lengths());
                sum += source.getValue() * length.applyAsDouble(of);
                weights += source.getValue();
            }
        }
        return weights == 0 ? 0 : sum / weights;
    }
}
