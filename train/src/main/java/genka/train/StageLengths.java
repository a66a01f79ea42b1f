package genka.train;

import genka.catalog.Recipe;
import genka.catalog.StageSpec;
import genka.model.Tokenizers;

/** How long the sequences are that a recipe's stages read, without running it. */
public final class StageLengths {
    private final Recipe recipe;
    private final Sources sources;

    public StageLengths(Recipe recipe) {
        this.recipe = recipe;
        this.sources = new Sources(recipe, Tokenizers.of(recipe.tokenizer()));
    }

    /** Rows of a mean sequence; the longest where another stage has yet to write them. */
    public double meanRows(StageSpec.Supervised stage) {
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
}
