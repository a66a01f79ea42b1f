package genka.train;

import genka.catalog.Recipe;
import genka.kernel.SeededRandom;
import genka.model.Tokenizer;
import genka.units.GenkaException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** A recipe's sources of data by name, opened and checked. What one keeps for evaluation, no stage trains on. */
final class Sources {
    private final Recipe recipe;
    private final Tokenizer tokenizer;
    private final Map<String, TaskSource> tasks = new LinkedHashMap<>();
    private final Map<String, Documents> documents = new LinkedHashMap<>();
    private final Set<String> keptApart = new HashSet<>();

    /**
     * A task that stages read, ask or are evaluated on.
     *
     * @param place its place among the recipe's sources
     * @param evaluation problems whose prompts training never sees, all different; none when it is not evaluated
     */
    record TaskSource(String name, int place, Task task, List<Task.Problem> evaluation) {
        TaskSource {
            evaluation = List.copyOf(evaluation);
        }
    }

    /** Opens what the recipe names; whatever is wrong with it is a USER error. */
    Sources(Recipe recipe, Tokenizer tokenizer) {
        this.recipe = recipe;
        this.tokenizer = tokenizer;
        int place = 0;
        for (Map.Entry<String, Recipe.DataSpec> source : recipe.sources().entrySet()) {
            open(source.getKey(), place++, source.getValue());
        }
    }

    private void open(String name, int place, Recipe.DataSpec source) {
        String key = name.equals(Recipe.MAIN) ? "data" : "sources." + name;
        switch (source) {
            case Recipe.DataSpec.Task spec -> {
                Task task = task(key, spec);
                tokenizer.encode(task.alphabet());
                tasks.put(
                        name,
                        new TaskSource(name, place, task, evaluation(task, key, place, spec.evaluationPrompts())));
            }
            case Recipe.DataSpec.Text spec ->
                documents.put(
                        name,
                        new Documents.Plain(new Corpus(key, Path.of(spec.path()), spec.glob(), spec.heldOut(), false)));
            case Recipe.DataSpec.JsonLines spec ->
                documents.put(
                        name,
                        new Documents.JsonLines(
                                new Corpus(key, Path.of(spec.path()), "**", spec.heldOut(), true),
                                spec.textField(),
                                spec.promptField(),
                                spec.responseField()));
        }
    }

    /** A task knows its options as those of data, wherever the recipe has them. */
    private static Task task(String key, Recipe.DataSpec.Task spec) {
        try {
            return Tasks.named(spec.task(), spec.options());
        } catch (GenkaException e) {
            String message = String.valueOf(e.getMessage());
            throw GenkaException.user(
                    message.startsWith("data.") ? key + message.substring("data".length()) : key + "." + message);
        }
    }

    private List<Task.Problem> evaluation(Task task, String key, int place, int count) {
        SeededRandom random = place == 0
                ? Stream.EVALUATION_PROBLEMS.of(recipe.seed())
                : Stream.EVALUATION_PROBLEMS.of(recipe.seed(), place);
        List<Task.Problem> problems = DistinctProblems.draw(task, random, count, key + ".evaluation_prompts");
        problems.forEach(problem -> keptApart.add(problem.prompt()));
        return problems;
    }

    boolean isTask(String name) {
        return tasks.containsKey(name);
    }

    /** The tasks that stages are evaluated on, the recipe's own first. */
    List<TaskSource> evaluated() {
        return tasks.values().stream()
                .filter(source -> !source.evaluation().isEmpty())
                .toList();
    }

    /** A task's data for a stage. */
    TaskData task(String name, int stage, boolean responseOnly) {
        return new TaskData(
                Objects.requireNonNull(tasks.get(name)), keptApart, tokenizer, recipe.seed(), stage, responseOnly);
    }

    /** A source's data for a stage. */
    TrainingData training(String name, int stage, boolean responseOnly) {
        Documents from = documents.get(name);
        if (from == null) {
            return task(name, stage, responseOnly);
        }
        return from instanceof Documents.JsonLines lines && !lines.promptField().isEmpty()
                ? new PairData(lines, tokenizer, recipe.seed(), stage, responseOnly)
                : new PackedData(from, tokenizer, recipe.seed(), stage);
    }

    /** Of a source that is text. */
    Documents documents(String name) {
        return Objects.requireNonNull(documents.get(name));
    }

    Collection<Documents> documents() {
        return documents.values();
    }
}
