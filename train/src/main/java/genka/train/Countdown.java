package genka.train;

import genka.kernel.SeededRandom;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Make a number of others, each used once, with + and −: {@code 3 20 7?16=} is {@code A20-7+3}. Some demonstrations use the right
 * numbers but miss the target, so there is something left to learn. After TinyZero's countdown, smaller. A share of the demonstrations
 * may search in writing (Stream of Search, arXiv 2404.03683): {@code T20+7=27+3=30;20-7=13+3=16/A20-7+3} tries signs in random order,
 * none twice, until one hits, or gives up and answers with the last. Options: {@code numbers} (2–5, default 3), {@code largest} (2–99, default
 * 30), {@code noisy_share} of those that answer at once (0–1, default 0.7), {@code search_share} (0–1, default 0), {@code give_up} after a failed
 * trial (0–1, default 0.5).
 */
public final class Countdown implements TaggedTask {
    private static final Pattern EXPRESSION = Pattern.compile("\\d{1,4}([+-]\\d{1,4})+");
    private static final Pattern TERM = Pattern.compile("[+-]?\\d+");
    private final int numbers;
    private final int largest;
    private final double noisyShare;
    private final double searchShare;
    private final double giveUp;

    public Countdown() {
        this(3, 30, 0.7, 0, 0.5);
    }

    private Countdown(int numbers, int largest, double noisyShare, double searchShare, double giveUp) {
        this.numbers = numbers;
        this.largest = largest;
        this.noisyShare = noisyShare;
        this.searchShare = searchShare;
        this.giveUp = giveUp;
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
                read.share("noisy_share", noisyShare),
                read.share("search_share", searchShare),
                read.share("give_up", giveUp));
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
        if (searchShare > 0 && random.nextDouble() < searchShare) {
            return search(problem, random);
        }
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
        return new Score(Arrays.equals(used, given) && value(expression) == targetOf(problem) ? 1 : 0, 1);
    }

    @Override
    public String alphabet() {
        return "0123456789+-=?; T/A";
    }

    /** How many numbers at least have to be subtracted. */
    @Override
    public String difficulty(Problem problem) {
        int[] given = numbersOf(problem);
        int target = targetOf(problem);
        int least = given.length;
        for (int subtracted = 0; subtracted < (1 << given.length) - 1; subtracted++) {
            if (value(given, subtracted) == target) {
                least = Math.min(least, Integer.bitCount(subtracted));
            }
        }
        return least + " subtracted";
    }

    /** Tries every choice of signs once, in random order, until one hits or it gives up. */
    private String search(Problem problem, SeededRandom random) {
        int[] given = numbersOf(problem);
        int target = targetOf(problem);
        int[] choices = IntStream.range(0, (1 << given.length) - 1).toArray();
        shuffle(choices, random);
        StringBuilder trials = new StringBuilder();
        for (int subtracted : choices) {
            String expression = expression(given, subtracted, random);
            trials.append(trials.isEmpty() ? "" : ";").append(worked(expression));
            if (value(given, subtracted) == target || random.nextDouble() < giveUp) {
                return Response.thinking(trials.toString(), expression);
            }
        }
        throw new IllegalStateException(problem.prompt() + " has no solution");
    }

    /** The expression with what it comes to after each term: {@code 20-7+3} is {@code 20-7=13+3=16}. */
    private static String worked(String expression) {
        StringBuilder text = new StringBuilder();
        int value = 0;
        Matcher term = TERM.matcher(expression);
        while (term.find()) {
            value += Integer.parseInt(term.group());
            text.append(term.group()).append(term.start() == 0 ? "" : "=" + value);
        }
        return text.toString();
    }

    private static int targetOf(Problem problem) {
        String prompt = problem.prompt();
        return Integer.parseInt(prompt.substring(prompt.indexOf('?') + 1, prompt.length() - 1));
    }

    /** @param subtracted a bit for each number */
    private static int value(int[] numbers, int subtracted) {
        int value = 0;
        for (int i = 0; i < numbers.length; i++) {
            value += (subtracted >> i & 1) == 0 ? numbers[i] : -numbers[i];
        }
        return value;
    }

    /** The numbers in random order, one that is added first. */
    private static String expression(int[] numbers, int subtracted, SeededRandom random) {
        int[] order = IntStream.range(0, numbers.length).toArray();
        shuffle(order, random);
        int first = 0;
        while ((subtracted >> order[first] & 1) != 0) {
            first++;
        }
        int swap = order[0];
        order[0] = order[first];
        order[first] = swap;
        StringBuilder text = new StringBuilder().append(numbers[order[0]]);
        for (int i = 1; i < order.length; i++) {
            text.append((subtracted >> order[i] & 1) == 0 ? '+' : '-').append(numbers[order[i]]);
        }
        return text.toString();
    }

    private static void shuffle(int[] order, SeededRandom random) {
        for (int i = order.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swap = order[i];
            order[i] = order[j];
            order[j] = swap;
        }
    }

    private static int[] numbersOf(Problem problem) {
        String prompt = problem.prompt();
        return Arrays.stream(prompt.substring(0, prompt.indexOf('?')).split(" ", -1))
                .mapToInt(Integer::parseInt)
                .toArray();
    }

    private static String expression(int[] numbers, SeededRandom random) {
        int[] order = numbers.clone();
        shuffle(order, random);
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
