package genka.train;

import genka.kernel.SeededRandom;
import java.util.Map;

/**
 * Writes digits again: {@code >4071=} as they are ({@code A4071}), {@code <4071=} backwards ({@code A1704}), {@code *4071=} each twice ({@code
 * A44007711}). Needs no thought: it stands for the general prompts that R1 is fine-tuned and reinforced on beside reasoning (arXiv
 * 2501.12948 §2.3.3). Options: {@code digits} (2–40, default 4), {@code careless_share} (0–1, default 0: demonstrations that do another of the
 * three than was asked).
 */
public final class Rewrite implements TaggedTask {
    private static final String KINDS = "><*";
    private final int digits;
    private final double carelessShare;

    public Rewrite() {
        this(4, 0);
    }

    private Rewrite(int digits, double carelessShare) {
        this.digits = digits;
        this.carelessShare = carelessShare;
    }

    @Override
    public String name() {
        return "rewrite";
    }

    @Override
    public Task configure(Map<String, Object> options) {
        TaskOptions read = TaskOptions.of(name(), options);
        Rewrite task = new Rewrite(read.integer("digits", digits, 2, 40), read.share("careless_share", carelessShare));
        read.done();
        return task;
    }

    @Override
    public Problem sample(SeededRandom random) {
        char kind = KINDS.charAt(random.nextInt(KINDS.length()));
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < digits; i++) {
            text.append(random.nextInt(10));
        }
        return new Problem(kind + text.toString() + "=", rewritten(kind, text.toString()));
    }

    private static String rewritten(char kind, String text) {
        StringBuilder answer = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char digit = text.charAt(i);
            switch (kind) {
                case '>' -> answer.append(digit);
                case '<' -> answer.insert(0, digit);
                default -> answer.append(digit).append(digit);
            }
        }
        return answer.toString();
    }

    @Override
    public String demonstration(Problem problem, SeededRandom random) {
        if (carelessShare > 0 && random.nextDouble() < carelessShare) {
            String text = problem.prompt().substring(1, problem.prompt().length() - 1);
            return Response.direct(rewritten(KINDS.charAt(random.nextInt(KINDS.length())), text));
        }
        return Response.direct(problem.answer());
    }

    @Override
    public Score score(Problem problem, String response) {
        return Response.exact(problem, response);
    }

    @Override
    public String alphabet() {
        return "0123456789=TA/" + KINDS;
    }
}
