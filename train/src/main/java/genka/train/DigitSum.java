package genka.train;

import genka.kernel.SeededRandom;
import java.util.List;
import java.util.Map;

/**
 * The last digit of a sum of digits: {@code 6+0+4+5+3=} is 8. A share of the demonstrations adds up step by step
 * ({@code T6+0=6+4=0+5=5+3=8/A8}), the rest answers at once ({@code A8}), which no small model can do. Pre-training on them leaves a
 * model that answers at once, at chance, when decoding greedily, though it can think: what reinforcement learning then finds
 * (arXiv 2510.11495). Options: {@code digits} (2–40, default 5), {@code think_share} (0–1, default 0.3).
 *
 * <p>Three more make the demonstrations as untidy as the text a base model is trained on, each a share of those that think, default 0: {@code
 * mixed_share} writes running sums as a–j instead of 0–9, so that languages mix ({@code T6+0=g+4=a+5=f+3=i/A8}); {@code
 * untagged_share} leaves out T, / and A ({@code 6+0=6+4=0+5=5+3=8}); {@code hasty_share} adds all digits at once ({@code T6+0+4+5+3=8/A8}), which
 * is shorter and as hard as answering at once.
 */
public final class DigitSum implements TaggedTask {
    private static final int MODULUS = 10;
    private static final String LETTERS = "abcdefghij";
    private static final String DIGITS = "0123456789";
    private final int digits;
    private final double thinkShare;
    private final double mixedShare;
    private final double untaggedShare;
    private final double hastyShare;

    public DigitSum() {
        this(5, 0.3, 0, 0, 0);
    }

    private DigitSum(int digits, double thinkShare, double mixedShare, double untaggedShare, double hastyShare) {
        this.digits = digits;
        this.thinkShare = thinkShare;
        this.mixedShare = mixedShare;
        this.untaggedShare = untaggedShare;
        this.hastyShare = hastyShare;
    }

    @Override
    public String name() {
        return "digit-sum";
    }

    @Override
    public Task configure(Map<String, Object> options) {
        TaskOptions read = TaskOptions.of(name(), options);
        DigitSum task = new DigitSum(
                read.integer("digits", digits, 2, 40),
                read.share("think_share", thinkShare),
                read.share("mixed_share", mixedShare),
                read.share("untagged_share", untaggedShare),
                read.share("hasty_share", hastyShare));
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
        String thought = thought(problem.prompt(), drawn(hastyShare, random) ? digits : 1);
        if (drawn(mixedShare, random)) {
            thought = mixed(thought);
        }
        return drawn(untaggedShare, random) ? thought : Response.thinking(thought, problem.answer());
    }

    /** An option that is 0 draws nothing. */
    private static boolean drawn(double share, SeededRandom random) {
        return share > 0 && random.nextDouble() < share;
    }

    /** The running sum after every so many digits. */
    private String thought(String prompt, int atOnce) {
        int sum = prompt.charAt(0) - '0';
        StringBuilder thought = new StringBuilder(4 * digits).append(sum);
        for (int i = 1; i < digits; i++) {
            int digit = prompt.charAt(2 * i) - '0';
            sum = (sum + digit) % MODULUS;
            thought.append('+').append(digit);
            if (i % atOnce == 0 || i == digits - 1) {
                thought.append('=').append(sum);
            }
        }
        return thought.toString();
    }

    /** Running sums in letters, what is copied as it stands. */
    private static String mixed(String thought) {
        StringBuilder text = new StringBuilder(thought);
        for (int i = 0; i < text.length(); i++) {
            if (i > 0 && text.charAt(i - 1) == '=') {
                text.setCharAt(i, LETTERS.charAt(DIGITS.indexOf(text.charAt(i))));
            }
        }
        return text.toString();
    }

    @Override
    public Score score(Problem problem, String response) {
        return Response.exact(problem, response);
    }

    @Override
    public String alphabet() {
        return DIGITS + "+=T/A" + (mixedShare > 0 ? LETTERS : "");
    }

    /** Digits are wanted; letters are the other language. */
    @Override
    public List<String> languages() {
        return List.of(DIGITS, LETTERS);
    }
}
