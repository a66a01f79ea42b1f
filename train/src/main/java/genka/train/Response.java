package genka.train;

import java.util.Optional;

/**
 * A response in the form the built-in tasks share: {@code T…/A…} thinks first, {@code A…} answers at once. T stands for
 * {@code <think>}, / for {@code </think>} and A for {@code <answer>}: one character each, so that tiny models spend no steps on tags.
 *
 * @param thinking what stands between T and /, empty when there is none
 */
record Response(String thinking, String answer) {
    static final char THINK = 'T';
    static final char THOUGHT = '/';
    static final char ANSWER = 'A';

    /** The parts of a well-formed response: exactly one A, and before it nothing or one thought that is opened and closed. */
    static Optional<Response> parse(String text) {
        int at = text.indexOf(ANSWER);
        if (at < 0 || text.indexOf(ANSWER, at + 1) >= 0) {
            return Optional.empty();
        }
        String before = text.substring(0, at);
        String answer = text.substring(at + 1);
        if (answer.isEmpty() || answer.indexOf(THINK) >= 0 || answer.indexOf(THOUGHT) >= 0) {
            return Optional.empty();
        }
        if (before.isEmpty()) {
            return Optional.of(new Response("", answer));
        }
        boolean opened = before.charAt(0) == THINK && before.indexOf(THINK, 1) < 0;
        boolean closed = before.indexOf(THOUGHT) == at - 1;
        return opened && closed ? Optional.of(new Response(before.substring(1, at - 1), answer)) : Optional.empty();
    }

    /** Format 1 when well-formed; accuracy 1 when also the answer is exactly the expected one. */
    static Task.Score exact(Task.Problem problem, String text) {
        Optional<Response> response = parse(text);
        return new Task.Score(
                response.isPresent() && response.get().answer().equals(problem.answer()) ? 1 : 0,
                response.isPresent() ? 1 : 0);
    }

    static boolean thinks(String text) {
        return !text.isEmpty() && text.charAt(0) == THINK;
    }

    static String thinking(String thinking, String answer) {
        return THINK + thinking + THOUGHT + ANSWER + answer;
    }

    static String direct(String answer) {
        return ANSWER + answer;
    }
}
