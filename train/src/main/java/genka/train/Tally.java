package genka.train;

/** Means over judged answers. */
final class Tally {
    private int answers;
    private double right;
    private double format;
    private double language;
    private int withLanguage;
    private int thinking;
    private int truncated;
    private long tokens;

    void add(Judgement judgement) {
        answers++;
        right += judgement.score().accuracy();
        format += judgement.score().format();
        if (!Double.isNaN(judgement.language())) {
            language += judgement.language();
            withLanguage++;
        }
        thinking += judgement.thinks() ? 1 : 0;
        truncated += judgement.truncated() ? 1 : 0;
        tokens += judgement.tokens();
    }

    int answers() {
        return answers;
    }

    long tokens() {
        return tokens;
    }

    double accuracy() {
        return right / answers;
    }

    double formatRate() {
        return format / answers;
    }

    /** Over the answers that have one; NaN when none has. */
    double language() {
        return withLanguage == 0 ? Double.NaN : language / withLanguage;
    }

    double thinkShare() {
        return thinking / (double) answers;
    }

    double truncatedShare() {
        return truncated / (double) answers;
    }

    double meanTokens() {
        return tokens / (double) answers;
    }
}
