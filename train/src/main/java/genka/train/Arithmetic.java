package genka.train;

import genka.kernel.SeededRandom;
import java.math.BigInteger;
import java.util.Map;

/**
 * Multi-digit addition or multiplication with a scratchpad that works from the lowest digit up (arXiv 2307.03381): addition writes
 * {@code a+b+carry=carry digit} a column ({@code 57+68=}: {@code T7+8+0=15;5+6+1=12;/A125}); multiplication writes, a digit of the second factor, the
 * reversed partial product and the reversed sum so far ({@code 12*34=}: {@code T4*21=84>84;3*21=63>804;/A408}). Options: {@code operation} (add, multiply; default
 * add), {@code digits} (1–12, default 3: numbers have up to so many), {@code think_share} (0–1, default 0.3).
 */
public final class Arithmetic implements TaggedTask {
    private final boolean multiply;
    private final int digits;
    private final double thinkShare;

    public Arithmetic() {
        this(false, 3, 0.3);
    }

    private Arithmetic(boolean multiply, int digits, double thinkShare) {
        this.multiply = multiply;
        this.digits = digits;
        this.thinkShare = thinkShare;
    }

    @Override
    public String name() {
        return "arithmetic";
    }

    @Override
    public Task configure(Map<String, Object> options) {
        TaskOptions read = TaskOptions.of(name(), options);
        String operation = read.choice("operation", "add", java.util.List.of("add", "multiply"));
        Arithmetic task = new Arithmetic(
                operation.equals("multiply"),
                read.integer("digits", digits, 1, 12),
                read.share("think_share", thinkShare));
        read.done();
        return task;
    }

    @Override
    public Problem sample(SeededRandom random) {
        BigInteger a = number(random);
        BigInteger b = number(random);
        return new Problem(a + (multiply ? "*" : "+") + b + "=", (multiply ? a.multiply(b) : a.add(b)).toString());
    }

    @Override
    public String demonstration(Problem problem, SeededRandom random) {
        if (random.nextDouble() >= thinkShare) {
            return Response.direct(problem.answer());
        }
        String prompt = problem.prompt();
        int operator = prompt.indexOf(multiply ? '*' : '+');
        String a = prompt.substring(0, operator);
        String b = prompt.substring(operator + 1, prompt.length() - 1);
        return Response.thinking(multiply ? rows(a, b) : columns(a, b), problem.answer());
    }

    @Override
    public Score score(Problem problem, String response) {
        return Response.exact(problem, response);
    }

    @Override
    public String alphabet() {
        return "0123456789+*=;>T/A";
    }

    private static String columns(String a, String b) {
        StringBuilder text = new StringBuilder();
        int carry = 0;
        for (int i = 0; i < Math.max(a.length(), b.length()); i++) {
            int x = digit(a, i);
            int y = digit(b, i);
            int sum = x + y + carry;
            text.append(x).append('+').append(y).append('+').append(carry).append('=');
            text.append(sum / 10).append(sum % 10).append(';');
            carry = sum / 10;
        }
        return text.toString();
    }

    private static String rows(String a, String b) {
        StringBuilder text = new StringBuilder();
        BigInteger sum = BigInteger.ZERO;
        for (int i = 0; i < b.length(); i++) {
            BigInteger partial = new BigInteger(a).multiply(BigInteger.valueOf(digit(b, i)));
            sum = sum.add(partial.multiply(BigInteger.TEN.pow(i)));
            text.append(digit(b, i)).append('*').append(reversed(a)).append('=');
            text.append(reversed(partial.toString())).append('>');
            text.append(reversed(sum.toString())).append(';');
        }
        return text.toString();
    }

    private static int digit(String number, int fromLowest) {
        int at = number.length() - 1 - fromLowest;
        return at < 0 ? 0 : number.charAt(at) - '0';
    }

    private static String reversed(String text) {
        return new StringBuilder(text).reverse().toString();
    }

    /** As many digits as drawn, so that short numbers are as frequent as long ones. */
    private BigInteger number(SeededRandom random) {
        int length = 1 + random.nextInt(digits);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append(i == 0 && length > 1 ? 1 + random.nextInt(9) : random.nextInt(10));
        }
        return new BigInteger(text.toString());
    }
}
