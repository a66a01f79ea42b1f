package genka.train;

import genka.kernel.SeededRandom;
import java.util.List;

/** Tasks that a stage asks about, each in proportion to its weight. */
final class TaskMix {
    private final List<TaskData> tasks;
    private final Proportions proportions;

    /** A problem and where it is from. */
    record Question(TaskData from, Task.Problem problem) {
        Task task() {
            return from.task();
        }

        String prompt() {
            return problem.prompt();
        }
    }

    TaskMix(List<TaskData> tasks, List<Double> weights) {
        this.tasks = List.copyOf(tasks);
        this.proportions = new Proportions(weights);
    }

    /** A question to train on: never one of an evaluation's. */
    Question draw(SeededRandom random) {
        TaskData from = tasks.get(proportions.draw(random));
        return new Question(from, from.problem(random));
    }
}
