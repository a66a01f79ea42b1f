package genka.train;

import genka.generate.Completion;
import genka.model.Tokenizer;

/**
 * An answer as its task judges it. One that was cut off earns nothing.
 *
 * @param text what was said before the end token
 * @param language share of the thought in the wanted language, 0–1; NaN where there is none to mix
 * @param tokens the end token included
 */
record Judgement(String text, Task.Score score, double language, boolean thinks, boolean truncated, int tokens) {
    static Judgement of(Task task, Task.Problem problem, Completion answer, Tokenizer tokenizer) {
        boolean truncated = answer.truncated();
        String text = text(answer, tokenizer);
        return new Judgement(
                text,
                truncated ? new Task.Score(0, 0) : task.score(problem, text),
                truncated ? Double.NaN : LanguageConsistency.of(task, text),
                task.thinks(text),
                truncated,
                answer.ids().length);
    }

    /** What was said before the end token. */
    static String text(Completion answer, Tokenizer tokenizer) {
        int length = answer.ids().length - (answer.truncated() ? 0 : 1);
        return tokenizer.decode(answer.ids(), 0, length);
    }

    boolean right() {
        return score.accuracy() >= 1;
    }

    /** What the language part of a reward gets: no thought, no consistency. */
    double languageReward() {
        return Double.isNaN(language) ? 0 : language;
    }
}
