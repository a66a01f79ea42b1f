package genka.train;

import genka.generate.Completion;
import genka.generate.Generator;
import genka.generate.Sampling;
import genka.model.Tokenizer;
import genka.units.GenkaException;
import genka.units.Words;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Measures a finished model on a task. The same seed gives the same figures at any number of threads. */
public final class SkillExam {
    private static final int BINS = 12;
    private static final int SHOWN = 5;
    private static final long MOST_ANSWERS = 10_000_000;
    private final Generator generator;
    private final Tokenizer tokenizer;
    private final Task task;
    private final Settings settings;

    /**
     * What is asked.
     *
     * @param promptSeed of the questions: with a run's seed and its number of evaluation prompts they are those that it never trained on
     * @param samples answers to each question, 1 or more
     * @param maxNewTokens the longest answer
     * @param seed of the sampled answers
     */
    public record Settings(long promptSeed, int prompts, int samples, double temperature, int maxNewTokens, long seed) {
        public Settings {
            positive("--prompts", prompts, 256);
            positive("--samples", samples, 16);
            positive("--max-tokens", maxNewTokens, 64);
            if ((long) prompts * samples > MOST_ANSWERS) {
                throw GenkaException.user("--prompts (" + prompts + ") × --samples (" + samples + ") must be at most "
                        + Words.whole(MOST_ANSWERS) + " answers. Maybe --samples 16?");
            }
            if (!(temperature > 0) || Double.isInfinite(temperature)) {
                throw GenkaException.user("--temperature (" + temperature
                        + ") must be above 0: samples have to differ. Maybe 1? Greedy accuracy is measured as well.");
            }
        }

        private static void positive(String name, int value, int maybe) {
            if (value < 1) {
                throw GenkaException.user(name + " (" + value + ") must be positive. Maybe " + maybe + "?");
            }
        }
    }

    public SkillExam(Generator generator, Tokenizer tokenizer, Task task, Settings settings) {
        this.generator = generator;
        this.tokenizer = tokenizer;
        this.task = task;
        this.settings = settings;
    }

    /** Asks and judges; takes as long as the samples take to generate. */
    public SkillScores run() {
        List<Task.Problem> problems = DistinctProblems.draw(
                task, Stream.EVALUATION_PROBLEMS.of(settings.promptSeed()), settings.prompts(), "--prompts");
        List<int[]> prompts = new ArrayList<>(problems.size());
        for (Task.Problem problem : problems) {
            prompts.add(tokenizer.encode(problem.prompt()));
        }
        List<Completion> greedy = generator.generate(
                prompts, 1, settings.maxNewTokens(), Sampling.GREEDY, tokenizer.endId(), settings.seed());
        List<Completion> sampled = generator.generate(
                prompts,
                settings.samples(),
                settings.maxNewTokens(),
                Sampling.temperature(settings.temperature()),
                tokenizer.endId(),
                settings.seed());
        return scores(problems, greedy, sampled);
    }

    /** @param sampled all answers to the first question, then those to the next */
    SkillScores scores(List<Task.Problem> problems, List<Completion> greedy, List<Completion> sampled) {
        int samples = settings.samples();
        int[] right = new int[problems.size()];
        int greedyRight = 0;
        int agreedRight = 0;
        Tally tally = new Tally();
        List<SkillScores.Answer> shown = new ArrayList<>();
        for (int p = 0; p < problems.size(); p++) {
            Task.Problem problem = problems.get(p);
            Vote vote = new Vote();
            for (int s = 0; s < samples; s++) {
                Judgement said = judged(problem, sampled.get(p * samples + s));
                tally.add(said);
                right[p] += said.right() ? 1 : 0;
                if (!said.truncated()) {
                    vote.add(voted(said.text()), said.right());
                }
            }
            agreedRight += vote.right() ? 1 : 0;
            Judgement best = judged(problem, greedy.get(p));
            greedyRight += best.right() ? 1 : 0;
            if (p < SHOWN) {
                shown.add(answer(problem, best, judged(problem, sampled.get(p * samples))));
            }
        }
        return new SkillScores(
                problems.size(),
                samples,
                Estimate.wilson(greedyRight, problems.size()),
                passAt(right),
                samples == 1 ? List.of() : List.of(Estimate.wilson(agreedRight, problems.size())),
                tally.formatRate(),
                tally.truncatedShare(),
                lengths(sampled),
                shown);
    }

    /** k = 1, 2, 4 … and all samples. With all, a prompt passes or does not; with fewer each prompt has a rate. */
    private List<SkillScores.PassAt> passAt(int[] right) {
        int samples = settings.samples();
        List<SkillScores.PassAt> passAt = new ArrayList<>();
        for (int k = 1; k < samples; k *= 2) {
            double[] rates = new double[right.length];
            for (int p = 0; p < right.length; p++) {
                rates[p] = PassAtK.of(samples, right[p], k);
            }
            passAt.add(new SkillScores.PassAt(k, Estimate.bootstrap(rates, Stream.RESAMPLES.of(settings.seed(), k))));
        }
        int passed = 0;
        for (int c : right) {
            passed += c > 0 ? 1 : 0;
        }
        passAt.add(new SkillScores.PassAt(samples, Estimate.wilson(passed, right.length)));
        return passAt;
    }

    private static List<SkillScores.Bin> lengths(List<Completion> answers) {
        int longest = 1;
        int shortest = Integer.MAX_VALUE;
        for (Completion answer : answers) {
            longest = Math.max(longest, answer.ids().length);
            shortest = Math.min(shortest, answer.ids().length);
        }
        int width = Math.ceilDiv(longest - shortest + 1, BINS);
        long[] counts = new long[Math.ceilDiv(longest - shortest + 1, width)];
        for (Completion answer : answers) {
            counts[(answer.ids().length - shortest) / width]++;
        }
        List<SkillScores.Bin> bins = new ArrayList<>();
        for (int i = 0; i < counts.length; i++) {
            int from = shortest + i * width;
            bins.add(new SkillScores.Bin(from, Math.min(longest, from + width - 1), counts[i]));
        }
        return bins;
    }

    private Judgement judged(Task.Problem problem, Completion answer) {
        return Judgement.of(task, problem, answer, tokenizer);
    }

    private static SkillScores.Answer answer(Task.Problem problem, Judgement greedy, Judgement sampled) {
        return new SkillScores.Answer(
                problem.prompt(),
                greedy.text(),
                greedy.score().accuracy(),
                sampled.text(),
                sampled.score().accuracy());
    }

    /** What counts in a vote: the answer without the thinking. */
    private String voted(String response) {
        return task.read(response).map(Task.Reading::answer).orElse(response);
    }

    /** Which answer most samples gave; of equally frequent ones the one that was so often first. */
    private static final class Vote {
        private final Map<String, Integer> counts = new HashMap<>();
        private int most;
        private boolean right;

        void add(String answer, boolean isRight) {
            int count = counts.merge(answer, 1, Integer::sum);
            if (count > most) {
                most = count;
                right = isRight;
            }
        }

        boolean right() {
            return right;
        }
    }
}
