package genka.train;

import genka.kernel.SeededRandom;
import java.util.Map;

/**
 * The last digit of a sum of digits: {@code 6+0+4+5+3=} is 8. A share of the demonstrations adds up step by step
 * ({@code T6+0=6+4=0+5=5+3=8/A8}), the rest answers at once ({@code A8}), which no small model can do. Pre-training on them leaves a
 * model that answers at once, at chance, when decoding greedily, though it can think: what reinforcement learning then finds
 * (arXiv 2510.11495). Options: {@code digits} (2–40, default 5), {@code think_share} (0–1, default 0.3).
 */
public final class DigitSum implements TaggedTask {
    private static final int MODULUS = 10;
    private final int digits;
    private final double thinkShare;

    public DigitSum() {
        this(5, 0.3);
    }

    private DigitSum(int digits, double thinkShare) {
        this.digits = digits;
        this.thinkShare = thinkShare;
    }

    @Override
    public String name() {
        return "digit-sum";
    }

    @Override
    public Task configure(Map<String, Object> options) {
        TaskOptions read = TaskOptions.of(name(), options);
        DigitSum task = new DigitSum(read.integer("digits", digits, 2, 40), read.share("think_share", thinkShare));
        read.done();
        return task;
    }

    @Override
    public Problem sample(SeededRandom random) {
        StringBuilder prompt = new StringBuilder(2 * digits);
        int sum = 0;
        for (int i = 0; i < digits; i++) {
            int digit = random.nextInt(MODULUS);
            sum += digit;
            prompt.append(digit).append(i + 1 < digits ? '+' : '=');
        }
        return new Problem(prompt.toString(), Integer.toString(sum % MODULUS));
    }

    @Override
    public String demonstration(Problem problem, SeededRandom random) {
        if (random.nextDouble() >= thinkShare) {
            return Response.direct(problem.answer());
        }
        int sum = problem.prompt().charAt(0) - '0';
        StringBuilder thinking = new StringBuilder(4 * digits).append(sum);
        for (int i = 1; i < digits; i++) {
            int digit = problem.prompt().charAt(2 * i) - '0';
            sum = (sum + digit) % MODULUS;
            thinking.append('+').append(digit).append('=').append(sum);
        }
        return Response.thinking(thinking.toString(), problem.answer());
    }

    @Override
    public Score score(Problem problem, String response) {
        return Response.exact(problem, response);
    }

    @Override
    public String alphabet() {
        return "0123456789+=T/A";
    }
}
