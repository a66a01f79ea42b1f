package genka.train;

import genka.kernel.SeededRandom;
import genka.model.Tokenizer;
import genka.units.GenkaException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A task's problems: demonstrations to imitate, prompts to answer, and evaluation problems that training never sees. */
final class TaskData implements TrainingData {
    private static final int TRIES = 100_000;
    private final Task task;
    private final Tokenizer tokenizer;
    private final long seed;
    private final int stage;
    private final boolean responseOnly;
    private final List<Task.Problem> evaluation;
    private final Set<String> evaluationPrompts;

    TaskData(Task task, Tokenizer tokenizer, long seed, int evaluationPrompts, int stage, boolean responseOnly) {
        this.task = task;
        this.tokenizer = tokenizer;
        this.seed = seed;
        this.stage = stage;
        this.responseOnly = responseOnly;
        this.evaluationPrompts = HashSet.newHashSet(evaluationPrompts);
        this.evaluation = List.copyOf(drawEvaluation(evaluationPrompts));
    }

    Task task() {
        return task;
    }

    /** Problems whose prompts training never sees, all different. */
    List<Task.Problem> evaluation() {
        return evaluation;
    }

    /** A problem to train on: never one of the evaluation's. */
    Task.Problem problem(SeededRandom random) {
        for (int i = 0; i < TRIES; i++) {
            Task.Problem problem = task.sample(random);
            if (!evaluationPrompts.contains(problem.prompt())) {
                return problem;
            }
        }
        throw GenkaException.user("Task " + task.name() + " has no problems left beside the " + evaluation.size()
                + " that data.evaluation_prompts sets aside. Maybe ask for fewer, or make the problems larger.");
    }

    @Override
    public void fill(long step, int sequences, int sequenceLength, Rows rows) {
        for (int i = 0; i < sequences; i++) {
            SeededRandom random = Stream.DEMONSTRATIONS.of(seed, stage, step, i);
            Task.Problem problem = problem(random);
            int[] prompt = tokenizer.encode(problem.prompt());
            int[] response = withEnd(tokenizer.encode(task.demonstration(problem, random)));
            int length = prompt.length + response.length;
            if (length - 1 > sequenceLength) {
                throw GenkaException.user("A demonstration of task " + task.name() + " has " + length
                        + " tokens, but sequence_length is " + sequenceLength + ". Maybe " + (length * 3 / 2) + "?");
            }
            rows.add(prompt, response, responseOnly);
        }
    }

    @Override
    public long[] position() {
        return new long[0];
    }

    /** Nothing to do: the step tells everything. */
    @Override
    public void seek(long[] position) {}

    @Override
    public double meanRows(int sequenceLength) {
        Rows rows = new Rows();
        fill(-1, 256, sequenceLength, rows);
        return rows.rows() / 256.0;
    }

    @Override
    public List<HeldOut> heldOut(int sequenceLength) {
        return List.of();
    }

    private int[] withEnd(int[] ids) {
        int[] ended = Arrays.copyOf(ids, ids.length + 1);
        ended[ids.length] = tokenizer.endId();
        return ended;
    }

    private List<Task.Problem> drawEvaluation(int count) {
        SeededRandom random = Stream.EVALUATION_PROBLEMS.of(seed);
        List<Task.Problem> problems = new ArrayList<>(count);
        for (int i = 0; problems.size() < count; i++) {
            if (i >= TRIES) {
                throw GenkaException.user("data.evaluation_prompts (" + count + ") are more than task " + task.name()
                        + " has (found " + problems.size() + "). Maybe " + Math.max(1, problems.size() / 4) + "?");
            }
            Task.Problem problem = task.sample(random);
            if (evaluationPrompts.add(problem.prompt())) {
                problems.add(problem);
            }
        }
        return problems;
    }
}
