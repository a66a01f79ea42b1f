package genka.train;

import genka.kernel.SeededRandom;
import genka.model.Tokenizer;
import genka.units.GenkaException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** A task's problems for a stage: demonstrations to imitate and prompts to answer, never those of an evaluation. */
final class TaskData implements TrainingData {
    private static final int TRIES = 100_000;
    /** Demonstrations that tell how long all are. */
    private static final int MEASURED = 256;

    private final Sources.TaskSource source;
    private final Set<String> keptApart;
    private final Tokenizer tokenizer;
    private final long seed;
    private final int stage;
    private final boolean responseOnly;

    /** @param keptApart prompts of all evaluations */
    TaskData(
            Sources.TaskSource source,
            Set<String> keptApart,
            Tokenizer tokenizer,
            long seed,
            int stage,
            boolean responseOnly) {
        this.source = source;
        this.keptApart = keptApart;
        this.tokenizer = tokenizer;
        this.seed = seed;
        this.stage = stage;
        this.responseOnly = responseOnly;
    }

    /** The source's name in the recipe. */
    String name() {
        return source.name();
    }

    Task task() {
        return source.task();
    }

    /** A problem to train on: never one of the evaluation's. */
    Task.Problem problem(SeededRandom random) {
        for (int i = 0; i < TRIES; i++) {
            Task.Problem problem = task().sample(random);
            if (!keptApart.contains(problem.prompt())) {
                return problem;
            }
        }
        throw GenkaException.user("Task " + task().name() + " has no problems left beside the " + keptApart.size()
                + " that evaluation_prompts set aside. Maybe ask for fewer, or make the problems larger.");
    }

    @Override
    public void fill(long step, int sequences, int sequenceLength, Rows rows) {
        for (int i = 0; i < sequences; i++) {
            SeededRandom random = random(step, i);
            Task.Problem problem = problem(random);
            int[] prompt = tokenizer.encode(problem.prompt());
            int[] response = withEnd(tokenizer.encode(task().demonstration(problem, random)));
            int length = prompt.length + response.length;
            if (length - 1 > sequenceLength) {
                throw GenkaException.user("A demonstration of task " + task().name() + " has " + length
                        + " tokens, but sequence_length is " + sequenceLength + ". Maybe " + (length * 3 / 2) + "?");
            }
            rows.add(prompt, response, responseOnly);
        }
    }

    /** Two sources of a stage draw apart. */
    private SeededRandom random(long step, int sequence) {
        return source.place() == 0
                ? Stream.DEMONSTRATIONS.of(seed, stage, step, sequence)
                : Stream.DEMONSTRATIONS.of(seed, stage, step, sequence, source.place());
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
        fill(-1, MEASURED, sequenceLength, rows);
        return rows.rows() / (double) MEASURED;
    }

    /** Tokens of a mean question and of a mean demonstrated answer to one, its end included. */
    record Lengths(double prompt, double answer) {}

    Lengths lengths() {
        double prompt = 0;
        double answer = 0;
        for (int i = 0; i < MEASURED; i++) {
            SeededRandom random = random(-1, i);
            Task.Problem problem = problem(random);
            prompt += tokenizer.encode(problem.prompt()).length;
            answer += withEnd(tokenizer.encode(task().demonstration(problem, random))).length;
        }
        return new Lengths(prompt / MEASURED, answer / MEASURED);
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
}
