package genka.train;

import genka.kernel.SeededRandom;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Make a number of others, each used once, with + and −: {@code 3 20 7?16=} is {@code A20-7+3}. Some demonstrations use the right
 * numbers but miss the target, so there is something left to learn. After TinyZero's countdown, smaller. Options: {@code numbers}
 * (2–5, default 3), {@code largest} (2–99, default 30), {@code noisy_share} (0–1, default 0.7).
 */
public final class Countdown implements TaggedTask {
    private static final Pattern EXPRESSION = Pattern.compile("\\d{1,4}([+-]\\d{1,4})+");
    private static final Pattern TERM = Pattern.compile("[+-]?\\d+");
    private final int numbers;
    private final int largest;
    private final double noisyShare;

    public Countdown() {
        this(3, 30, 0.7);
    }

    private Countdown(int numbers, int largest, double noisyShare) {
        this.numbers = numbers;
        this.largest = largest;
        this.noisyShare = noisyShare;
    }

    @Override
    public String name() {
        return "countdown";
    }

    @Override
    public Task configure(Map<String, Object> options) {
        TaskOptions read = TaskOptions.of(name(), options);
        Countdown task = new Countdown(
                read.integer("numbers", numbers, 2, 5),
                read.integer("largest", largest, 2, 99),
                read.share("noisy_share", noisyShare));
        read.done();
        return task;
    }

    /** The answer is one solution; {@link #score} accepts all. */
    @Override
    public Problem sample(SeededRandom random) {
        int[] drawn = new int[numbers];
        while (true) {
            for (int i = 0; i < numbers; i++) {
                drawn[i] = 1 + random.nextInt(largest);
            }
            String solution = expression(drawn, random);
            int target = value(solution);
            if (target > 0) {
                StringBuilder prompt = new StringBuilder();
                for (int i = 0; i < numbers; i++) {
                    prompt.append(drawn[i]).append(i + 1 < numbers ? ' ' : '?');
                }
                return new Problem(prompt.append(target).append('=').toString(), solution);
            }
        }
    }

    @Override
    public String demonstration(Problem problem, SeededRandom random) {
        if (random.nextDouble() >= noisyShare) {
            return Response.direct(problem.answer());
        }
        return Response.direct(expression(numbersOf(problem), random));
    }

    @Override
    public Score score(Problem problem, String response) {
        Optional<Response> parsed = Response.parse(response);
        if (parsed.isEmpty() || !EXPRESSION.matcher(parsed.get().answer()).matches()) {
            return new Score(0, 0);
        }
        String expression = parsed.get().answer();
        int[] used = TERM.matcher(expression)
                .results()
                .mapToInt(term -> Math.abs(Integer.parseInt(term.group())))
                .sorted()
                .toArray();
        int[] given = numbersOf(problem);
        Arrays.sort(given);
        String prompt = problem.prompt();
        int target = Integer.parseInt(prompt.substring(prompt.indexOf('?') + 1, prompt.length() - 1));
        return new Score(Arrays.equals(used, given) && value(expression) == target ? 1 : 0, 1);
    }

    @Override
    public String alphabet() {
        return "0123456789+-=? T/A";
    }

    private static int[] numbersOf(Problem problem) {
        String prompt = problem.prompt();
        return Arrays.stream(prompt.substring(0, prompt.indexOf('?')).split(" ", -1))
                .mapToInt(Integer::parseInt)
                .toArray();
    }

    private static String expression(int[] numbers, SeededRandom random) {
        int[] order = numbers.clone();
        for (int i = order.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swap = order[i];
            order[i] = order[j];
            order[j] = swap;
        }
        StringBuilder text = new StringBuilder().append(order[0]);
        for (int i = 1; i < order.length; i++) {
            text.append(random.nextInt(2) == 0 ? '+' : '-').append(order[i]);
        }
        return text.toString();
    }

    private static int value(String expression) {
        int value = 0;
        Matcher term = TERM.matcher(expression);
        while (term.find()) {
            value += Integer.parseInt(term.group());
        }
        return value;
    }
}
