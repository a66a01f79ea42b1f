package genka.train;

import genka.kernel.SeededRandom;
import genka.units.GenkaException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Problems of a task whose prompts all differ. */
final class DistinctProblems {
    private static final int TRIES = 100_000;

    private DistinctProblems() {}

    /**
     * The first {@code count} of a stream.
     *
     * @param option how a user says the count, for the error where the task has fewer
     */
    static List<Task.Problem> draw(Task task, SeededRandom random, int count, String option) {
        Set<String> prompts = HashSet.newHashSet(count);
        List<Task.Problem> problems = new ArrayList<>(count);
        for (int i = 0; problems.size() < count; i++) {
            if (i >= TRIES) {
                throw GenkaException.user(option + " (" + count + ") are more than task " + task.name() + " has (found "
                        + problems.size() + "). Maybe " + Math.max(1, problems.size() / 4) + "?");
            }
            Task.Problem problem = task.sample(random);
            if (prompts.add(problem.prompt())) {
                problems.add(problem);
            }
        }
        return problems;
    }
}
