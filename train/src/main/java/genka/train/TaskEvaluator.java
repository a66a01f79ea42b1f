package genka.train;

import genka.books.Use;
import genka.generate.Completion;
import genka.generate.Sampling;
import genka.model.Tokenizer;
import java.util.ArrayList;
import java.util.List;

/** Answers a task's evaluation problems greedily, and scores answers. */
final class TaskEvaluator {
    private final Workbench bench;
    private final TaskData data;
    private final int maxNewTokens;
    private final List<int[]> prompts = new ArrayList<>();

    TaskEvaluator(Workbench bench, TaskData data, int maxNewTokens) {
        this.bench = bench;
        this.data = data;
        this.maxNewTokens = maxNewTokens;
        for (Task.Problem problem : data.evaluation()) {
            prompts.add(bench.tokenizer.encode(problem.prompt()));
        }
    }

    Evaluation evaluate(String stage, long step) {
        Use before = bench.clock.use();
        bench.clock.enter(Use.EVALUATION);
        List<Completion> answers =
                bench.generator.generate(prompts, 1, maxNewTokens, Sampling.GREEDY, bench.tokenizer.endId(), 0);
        double right = 0;
        double format = 0;
        double tokens = 0;
        int thinking = 0;
        int truncated = 0;
        for (int i = 0; i < answers.size(); i++) {
            Completion answer = answers.get(i);
            Task.Score score = score(data.evaluation().get(i), answer);
            right += score.accuracy();
            format += score.format();
            tokens += answer.ids().length;
            thinking += data.task().thinks(text(answer, bench.tokenizer)) ? 1 : 0;
            truncated += answer.truncated() ? 1 : 0;
        }
        double n = answers.size();
        bench.clock.enter(before);
        return new Evaluation(stage, step, right / n, tokens / n, thinking / n, format / n, truncated / n, Double.NaN);
    }

    /** The first evaluation problem and the greedy answer to it. */
    RunResult.Exchange exchange() {
        Completion answer = bench.generator
                .generate(List.of(prompts.getFirst()), 1, maxNewTokens, Sampling.GREEDY, bench.tokenizer.endId(), 0)
                .getFirst();
        Task.Problem problem = data.evaluation().getFirst();
        return new RunResult.Exchange(
                problem.prompt(),
                text(answer, bench.tokenizer),
                score(problem, answer).accuracy());
    }

    /** A training problem answered at temperature 1. */
    Stage.Sample sample(long stage, long step) {
        Use before = bench.clock.use();
        bench.clock.enter(Use.EVALUATION);
        Task.Problem problem = data.problem(Stream.SAMPLES.of(bench.seed, stage, step));
        Completion answer = bench.generator
                .generate(
                        List.of(bench.tokenizer.encode(problem.prompt())),
                        1,
                        maxNewTokens,
                        Sampling.temperature(1),
                        bench.tokenizer.endId(),
                        Stream.SAMPLES.of(bench.seed, stage, step, 1).nextLong())
                .getFirst();
        bench.clock.enter(before);
        return new Stage.Sample(
                problem.prompt(),
                text(answer, bench.tokenizer),
                score(problem, answer).accuracy());
    }

    /** An answer that was cut off earns nothing. */
    Task.Score score(Task.Problem problem, Completion answer) {
        return answer.truncated() ? new Task.Score(0, 0) : data.task().score(problem, text(answer, bench.tokenizer));
    }

    /** What was said before the end token. */
    static String text(Completion answer, Tokenizer tokenizer) {
        int length = answer.ids().length - (answer.truncated() ? 0 : 1);
        return tokenizer.decode(answer.ids(), 0, length);
    }
}
