package genka.train;

import genka.catalog.Recipe;
import genka.catalog.StageSpec;
import genka.model.Parameters;
import genka.model.Tokenizer;
import genka.units.GenkaException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A recipe's tokenizer and sources, opened and checked before anything of a run is written, and the stages made of them. */
final class RunInputs {
    private final Recipe recipe;
    private final Tokenizer tokenizer;
    private final Sources sources;
    private final List<String> notices = new ArrayList<>();

    private RunInputs(Recipe recipe, Tokenizer tokenizer) {
        this.recipe = recipe;
        this.tokenizer = tokenizer;
        this.sources = new Sources(recipe, tokenizer);
    }

    /** Opens what the recipe names; whatever is wrong with it is a USER error. */
    static RunInputs open(Recipe recipe, Tokenizer tokenizer) {
        RunInputs inputs = new RunInputs(recipe, tokenizer);
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
        recipe.models().forEach(WeightsMatch::check);
        for (StageSpec stage : recipe.stages()) {
            check(stage);
        }
        // As the files are when the run begins: an edit before its first checkpoint is an edit as well.
        sources.documents().forEach(each -> each.corpus().fingerprint());
    }

    private void check(StageSpec stage) {
        FrozenParameters.of(
                stage.name(),
                stage.weights().freeze(),
                Parameters.names(recipe.model(stage.inputs().model()).spec()));
        checkStop(stage);
        if (stage instanceof StageSpec.Supervised supervised) {
            checkLengths(supervised);
        }
        try {
            checkSchedule(stage);
        } catch (GenkaException e) {
            throw GenkaException.user("Stage " + stage.name() + ": " + e.getMessage());
        }
        boolean judged = stage instanceof StageSpec.Grpo || stage instanceof StageSpec.RejectionSample;
        for (String name : stage.inputs().data().keySet()) {
            if (judged && !sources.isTask(name)) {
                throw GenkaException.user("Stage " + stage.name()
                        + " learns by reinforcement or samples, which needs answers that can be checked, but data is text. "
                        + "Maybe data.kind task, such as digit-sum?");
            }
        }
        if ((judged || answers(stage)) && sources.evaluated().isEmpty()) {
            throw GenkaException.user(
                    "Stage " + stage.name()
                            + " learns to answer, but no source keeps evaluation_prompts. Maybe 256 of them, under data or sources?");
        }
    }

    /** Pairs that are longer than a sequence are left out, which is said; where all are, there is nothing to learn. */
    private void checkLengths(StageSpec.Supervised stage) {
        for (String name : stage.inputs().data().keySet()) {
            if (recipe.sources().containsKey(name) && sources.training(name, 0, true) instanceof PairData pairs) {
                PairData.Fit fit = pairs.fit(stage.sequenceLength());
                if (fit.tooLong() > 0 && fit.tooLong() == fit.pairs()) {
                    throw GenkaException.user("Stage " + stage.name() + ": none of the " + fit.pairs()
                            + " pairs fits in sequence_length (" + stage.sequenceLength()
                            + "), which leaves out longer ones: the shortest needs "
                            + fit.shortest() + ", the longest " + fit.longest() + ". Maybe " + fit.longest() + "?");
                }
                if (fit.tooLong() > 0) {
                    notices.add("Stage " + stage.name() + " leaves out " + fit.tooLong() + " of " + fit.pairs()
                            + " pairs: they are longer than sequence_length (" + stage.sequenceLength()
                            + "), the longest needs "
                            + fit.longest() + ".");
                }
            }
        }
    }

    /** Whether the stage learns from tasks or from answers to them; else from text. */
    private boolean answers(StageSpec stage) {
        return stage.inputs().data().keySet().stream()
                .anyMatch(name -> sources.isTask(name) || !recipe.sources().containsKey(name));
    }

    /** What a later stage would stop at is said before the first begins; a length in tokens of what is yet to be written is not known. */
    private void checkSchedule(StageSpec stage) {
        switch (stage) {
            case StageSpec.Supervised supervised -> {
                if (supervised.steps().isPresent()
                        || recipe.sources()
                                .keySet()
                                .containsAll(supervised.inputs().data().keySet())) {
                    Schedule.of(supervised.schedule(), new StageLengths(recipe, sources).steps(supervised));
                }
            }
            case StageSpec.Grpo grpo -> Schedule.of(grpo.schedule(), grpo.steps());
            case StageSpec.RejectionSample _ -> {}
        }
    }

    /** What compares evaluations needs something to evaluate on. */
    private void checkStop(StageSpec stage) {
        boolean accuracy =
                stage.stop().filter(stop -> stop.greedyAccuracy().isPresent()).isPresent();
        boolean compares =
                stage.stop().filter(stop -> stop.patience().isPresent()).isPresent()
                        || stage.weights().endWith() == StageSpec.WeightSpec.End.BEST;
        if (accuracy && !answers(stage)) {
            throw GenkaException.user("Stage " + stage.name()
                    + ": stop.greedy_accuracy needs answers that can be checked, but data is text. "
                    + "Maybe stop: {patience: 3}, on bits per byte of held-out text?");
        }
        if (compares && stage.inputs().data().keySet().stream().allMatch(this::holdsNothingOut)) {
            throw GenkaException.user(
                    "Stage " + stage.name()
                            + " compares evaluations, but data.held_out keeps nothing to evaluate on. Maybe 0.05, or more of little text?");
        }
    }

    private boolean holdsNothingOut(String source) {
        return switch (recipe.sources().get(source)) {
            case null -> false;
            case Recipe.DataSpec.Task _ -> false;
            case Recipe.DataSpec.Text _, Recipe.DataSpec.JsonLines _ ->
                sources.documents(source).corpus().holdsOutNothing();
        };
    }

    Tokenizer tokenizer() {
        return tokenizer;
    }

    /** Things about the data that the user should know. */
    List<String> notices() {
        List<String> all = new ArrayList<>();
        for (Documents documents : sources.documents()) {
            Corpus corpus = documents.corpus();
            if (corpus.copies() + corpus.binaryFiles() > 0) {
                all.add("Of the files under " + corpus.key() + ".path " + corpus.copies() + " are copies of others and "
                        + corpus.binaryFiles() + " are not text; they are left out.");
            }
            if (corpus.heldOutShare() > 0 && corpus.holdsOutNothing()) {
                all.add(
                        corpus.key() + ".held_out (" + corpus.heldOutShare()
                                + ") keeps nothing of so little text apart, so there is nothing to measure on. Maybe a larger share, up to 0.9?");
            }
        }
        all.addAll(notices);
        return all;
    }

    /**
     * The stage with that index, at its beginning.
     *
     * @param runFolder where stages before it wrote their data sets
     */
    Stage stage(int index, Workbench bench, Path runFolder) {
        return switch (recipe.stages().get(index)) {
            case StageSpec.Supervised spec -> {
                boolean answers = answers(spec);
                yield new SupervisedStage(
                        spec,
                        index,
                        bench,
                        data(spec, index, runFolder),
                        answers ? evaluator(bench) : null,
                        answers ? evaluatedTask(index) : null);
            }
            case StageSpec.RejectionSample spec ->
                new SamplingStage(spec, index, bench, questions(spec, index), runFolder);
            case StageSpec.Grpo spec -> new GrpoStage(spec, index, bench, questions(spec, index), evaluator(bench));
        };
    }

    /** Answers the evaluation problems of all evaluated tasks; only for recipes that have some. */
    TaskEvaluator evaluator(Workbench bench) {
        return new TaskEvaluator(bench, sources.evaluated(), answerTokens());
    }

    boolean evaluatesTasks() {
        return !sources.evaluated().isEmpty();
    }

    private TaskMix evaluatedTask(int index) {
        String name = sources.evaluated().getFirst().name();
        return new TaskMix(List.of(sources.task(name, index, true)), List.of(1.0));
    }

    private TaskMix questions(StageSpec spec, int index) {
        List<TaskData> tasks = new ArrayList<>();
        spec.inputs().data().keySet().forEach(name -> tasks.add(sources.task(name, index, true)));
        return new TaskMix(tasks, List.copyOf(spec.inputs().data().values()));
    }

    private TrainingData data(StageSpec.Supervised spec, int index, Path runFolder) {
        boolean responseOnly = spec.lossOn() == StageSpec.LossOn.RESPONSE;
        List<TrainingData> parts = new ArrayList<>();
        for (String name : spec.inputs().data().keySet()) {
            parts.add(
                    recipe.sources().containsKey(name)
                            ? sources.training(name, index, responseOnly)
                            : new SampleData(
                                    name,
                                    new SampleFile(runFolder, name).read(),
                                    tokenizer,
                                    recipe.seed(),
                                    index,
                                    responseOnly));
        }
        List<Double> weights = List.copyOf(spec.inputs().data().values());
        return parts.size() == 1 ? parts.getFirst() : new MixedData(parts, weights, recipe.seed(), index);
    }

    /** As long as the recipe's reinforcement allows, so that evaluations of all stages compare; else what a sequence holds. */
    private int answerTokens() {
        int reinforced = recipe.stages().stream()
                .filter(StageSpec.Grpo.class::isInstance)
                .mapToInt(stage -> ((StageSpec.Grpo) stage).maxNewTokens())
                .findFirst()
                .orElse(0);
        int sequence = recipe.stages().stream()
                .filter(StageSpec.Supervised.class::isInstance)
                .mapToInt(stage -> ((StageSpec.Supervised) stage).sequenceLength())
                .findFirst()
                .orElse(1);
        return reinforced > 0 ? reinforced : Math.max(1, sequence / 2);
    }
}
