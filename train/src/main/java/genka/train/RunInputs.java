package genka.train;

import genka.catalog.Recipe;
import genka.catalog.StageSpec;
import genka.model.Tokenizer;
import genka.units.GenkaException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A recipe's tokenizer, task and files, opened and checked before anything of a run is written. */
final class RunInputs {
    private final Recipe recipe;
    private final Tokenizer tokenizer;
    private final @Nullable Task task;
    private final @Nullable Documents documents;

    private RunInputs(Recipe recipe, Tokenizer tokenizer, @Nullable Task task, @Nullable Documents documents) {
        this.recipe = recipe;
        this.tokenizer = tokenizer;
        this.task = task;
        this.documents = documents;
    }

    /** Opens what the recipe names; whatever is wrong with it is a USER error. */
    static RunInputs open(Recipe recipe, Tokenizer tokenizer) {
        RunInputs inputs = switch (recipe.data()) {
            case Recipe.DataSpec.Task spec ->
                new RunInputs(recipe, tokenizer, Tasks.named(spec.task(), spec.options()), null);
            case Recipe.DataSpec.Text spec ->
                new RunInputs(
                        recipe,
                        tokenizer,
                        null,
                        new Documents.Plain(new Corpus(Path.of(spec.path()), spec.glob(), spec.heldOut(), false)));
            case Recipe.DataSpec.JsonLines spec ->
                new RunInputs(
                        recipe,
                        tokenizer,
                        null,
                        new Documents.JsonLines(
                                new Corpus(Path.of(spec.path()), "**", spec.heldOut(), true),
                                spec.textField(),
                                spec.promptField(),
                                spec.responseField()));
        };
        inputs.check();
        return inputs;
    }

    private void check() {
        if (tokenizer.vocabSize() > recipe.model().spec().vocabSize()) {
            throw GenkaException.user(
                    "model.vocab_size (" + recipe.model().spec().vocabSize()
                            + ") must be at least the tokenizer's " + tokenizer.vocabSize() + ". Maybe "
                            + tokenizer.vocabSize() + "?");
        }
        if (task != null) {
            tokenizer.encode(task.alphabet());
            // Draws the evaluation problems: a task with too few is refused here.
            taskData(task, 0, true);
        }
        for (StageSpec stage : recipe.stages()) {
            if (!stage.inputs().equals(StageSpec.Inputs.MAIN) || stage instanceof StageSpec.RejectionSample) {
                throw unsupported(stage);
            }
            if (stage instanceof StageSpec.Grpo && task == null) {
                throw GenkaException.user("Stage " + stage.name()
                        + " learns by reinforcement, which needs answers that can be checked, but data is text. "
                        + "Maybe data.kind task, such as digit-sum?");
            }
        }
    }

    private static GenkaException unsupported(StageSpec stage) {
        return GenkaException.user("Stage " + stage.name()
                + " names a model, a start or data of its own, which this version only reads. Maybe leave that out?");
    }

    Tokenizer tokenizer() {
        return tokenizer;
    }

    /** Something about the data that the user should know. */
    Optional<String> notice() {
        if (documents == null
                || documents.corpus().binaryFiles() + documents.corpus().copies() == 0) {
            return Optional.empty();
        }
        return Optional.of("Of the files under data.path " + documents.corpus().copies()
                + " are copies of others and " + documents.corpus().binaryFiles()
                + " are not text; they are left out.");
    }

    /** The stage with that index, at its beginning. */
    Stage stage(int index, Workbench bench) {
        return switch (recipe.stages().get(index)) {
            case StageSpec.Supervised spec ->
                new SupervisedStage(
                        spec,
                        index,
                        bench,
                        data(index, spec.lossOn() == StageSpec.LossOn.RESPONSE),
                        answerTokens(spec));
            case StageSpec.RejectionSample spec -> throw unsupported(spec);
            case StageSpec.Grpo spec ->
                new GrpoStage(spec, index, bench, taskData(java.util.Objects.requireNonNull(task), index, true));
        };
    }

    private TrainingData data(int index, boolean responseOnly) {
        if (documents == null) {
            return taskData(java.util.Objects.requireNonNull(task), index, responseOnly);
        }
        return documents instanceof Documents.JsonLines lines
                        && !lines.promptField().isEmpty()
                ? new PairData(lines, tokenizer, recipe.seed(), index, responseOnly)
                : new PackedData(documents, tokenizer, recipe.seed(), index);
    }

    private TaskData taskData(Task on, int index, boolean responseOnly) {
        int evaluationPrompts = ((Recipe.DataSpec.Task) recipe.data()).evaluationPrompts();
        return new TaskData(on, tokenizer, recipe.seed(), evaluationPrompts, index, responseOnly);
    }

    /** As long as the recipe's reinforcement allows, so that evaluations of all stages compare; else what a sequence holds. */
    private int answerTokens(StageSpec.Supervised spec) {
        return recipe.stages().stream()
                .filter(StageSpec.Grpo.class::isInstance)
                .map(StageSpec.Grpo.class::cast)
                .mapToInt(StageSpec.Grpo::maxNewTokens)
                .findFirst()
                .orElse(Math.max(1, spec.sequenceLength() / 2));
    }
}
