package genka.train;

import genka.books.Use;
import genka.generate.Completion;
import genka.generate.Sampling;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Answers evaluation problems greedily. The first of the evaluated tasks gives the figures, the others their accuracy. */
final class TaskEvaluator {
    /** Questions that reports show before and after. */
    private static final int EXCHANGES = 4;

    private final Workbench bench;
    private final List<Sources.TaskSource> evaluated;
    private final int maxNewTokens;

    TaskEvaluator(Workbench bench, List<Sources.TaskSource> evaluated, int maxNewTokens) {
        this.bench = bench;
        this.evaluated = List.copyOf(evaluated);
        this.maxNewTokens = maxNewTokens;
    }

    Evaluation evaluate(String stage, long step) {
        Use before = bench.clock.use();
        bench.clock.enter(Use.EVALUATION);
        Tally first = tally(evaluated.getFirst());
        Map<String, Double> others = new LinkedHashMap<>();
        for (Sources.TaskSource other : evaluated.subList(1, evaluated.size())) {
            others.put(other.name(), tally(other).accuracy());
        }
        bench.clock.enter(before);
        return new Evaluation(
                stage,
                step,
                first.accuracy(),
                first.meanTokens(),
                first.thinkShare(),
                first.formatRate(),
                first.truncatedShare(),
                Double.NaN,
                first.language(),
                others);
    }

    private Tally tally(Sources.TaskSource source) {
        List<int[]> prompts = source.evaluation().stream()
                .map(problem -> bench.tokenizer.encode(problem.prompt()))
                .toList();
        List<Completion> answers =
                bench.generator.generate(prompts, 1, maxNewTokens, Sampling.GREEDY, bench.tokenizer.endId(), 0);
        bench.evaluated.accept(answers.size());
        Tally tally = new Tally();
        for (int i = 0; i < answers.size(); i++) {
            tally.add(Judgement.of(source.task(), source.evaluation().get(i), answers.get(i), bench.tokenizer));
        }
        return tally;
    }

    /** The first evaluation problems and the greedy answers to them. */
    List<RunResult.Exchange> exchanges() {
        Sources.TaskSource source = evaluated.getFirst();
        return source.evaluation().stream()
                .limit(EXCHANGES)
                .map(problem -> exchange(source.task(), problem))
                .toList();
    }

    private RunResult.Exchange exchange(Task task, Task.Problem problem) {
        Judgement said = answer(task, problem, Sampling.GREEDY, 0);
        return new RunResult.Exchange(
                problem.prompt(), said.text(), said.score().accuracy());
    }

    /** A training problem answered at temperature 1. */
    Stage.Sample sample(TaskMix asked, long stage, long step) {
        Use before = bench.clock.use();
        bench.clock.enter(Use.EVALUATION);
        TaskMix.Question question = asked.draw(Stream.SAMPLES.of(bench.seed, stage, step));
        Judgement said = answer(
                question.task(),
                question.problem(),
                Sampling.temperature(1),
                Stream.SAMPLES.of(bench.seed, stage, step, 1).nextLong());
        bench.clock.enter(before);
        return new Stage.Sample(question.prompt(), said.text(), said.score().accuracy());
    }

    private Judgement answer(Task task, Task.Problem problem, Sampling sampling, long seed) {
        Completion answer = bench.generator
                .generate(
                        List.of(bench.tokenizer.encode(problem.prompt())),
                        1,
                        maxNewTokens,
                        sampling,
                        bench.tokenizer.endId(),
                        seed)
                .getFirst();
        bench.evaluated.accept(1);
        return Judgement.of(task, problem, answer, bench.tokenizer);
    }
}
