package genka.train;

import genka.kernel.SeededRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A generated task with a checkable answer. A user's own is one small class, listed in
 * META-INF/services/genka.train.Task (see {@link java.util.ServiceLoader}).
 */
public interface Task {
    /**
     * One question.
     *
     * @param prompt what the model reads
     * @param answer what {@link #score} compares with
     */
    record Problem(String prompt, String answer) {}

    /** What an answer earned: {@code accuracy} and {@code format}, each 0 to 1. */
    record Score(double accuracy, double format) {}

    /** A response taken apart: {@code thinking} is empty when it answers at once. */
    record Reading(String thinking, String answer) {}

    /** The name a recipe uses: digit-sum. */
    String name();

    /** This task with a recipe's options (the keys of {@code data} beside {@code task}). Unless overridden a task has none. */
    default Task configure(Map<String, Object> options) {
        TaskOptions.of(name(), options).done();
        return this;
    }

    /** One problem, drawn from {@code random} alone. */
    Problem sample(SeededRandom random);

    /** A worked response to learn from, without the end character. */
    String demonstration(Problem problem, SeededRandom random);

    /** Judges a response; text after the end character is not part of it. */
    Score score(Problem problem, String response);

    /** Whether the response thinks before it answers. */
    boolean thinks(String response);

    /** The parts of a well-formed response, to show them apart; empty when it has none, or the task tells no parts. */
    default Optional<Reading> read(String response) {
        return Optional.empty();
    }

    /**
     * The kind of problem this is, among such of like difficulty: a curriculum measures success by it. Few kinds, each frequent. Unless
     * overridden, how long the prompt is.
     */
    default String difficulty(Problem problem) {
        return problem.prompt().length() + " characters";
    }

    /**
     * The alphabets that a thought's words may be written in, the wanted one first: R1-Zero's thoughts mixed languages, R1's are rewarded for
     * keeping to one. Fewer than two: nothing to mix.
     */
    default List<String> languages() {
        return List.of();
    }

    /** Characters that prompts and responses use. */
    String alphabet();
}
