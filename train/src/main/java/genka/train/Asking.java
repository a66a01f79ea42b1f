package genka.train;

import genka.generate.Completion;
import genka.generate.Sampling;
import java.util.ArrayList;
import java.util.List;

/** Questions of a stage, answered by sampling and judged. */
final class Asking {
    private final Workbench bench;
    private final int maxNewTokens;
    private final Sampling sampling;

    /**
     * What came of it.
     *
     * @param completions those to question q are entries q * perQuestion …
     */
    record Answers(
            List<TaskMix.Question> questions, List<int[]> prompts, List<Completion> completions, int perQuestion) {
        TaskMix.Question question(int answer) {
            return questions.get(answer / perQuestion);
        }

        int size() {
            return completions.size();
        }
    }

    Asking(Workbench bench, int maxNewTokens, double temperature) {
        this.bench = bench;
        this.maxNewTokens = maxNewTokens;
        this.sampling = Sampling.temperature(temperature);
    }

    Answers ask(List<TaskMix.Question> questions, int perQuestion, long seed) {
        List<int[]> prompts = new ArrayList<>(questions.size());
        for (TaskMix.Question question : questions) {
            prompts.add(bench.tokenizer.encode(question.prompt()));
        }
        return new Answers(
                questions,
                prompts,
                bench.generator.generate(prompts, perQuestion, maxNewTokens, sampling, bench.tokenizer.endId(), seed),
                perQuestion);
    }

    Judgement judge(Answers answers, int answer) {
        TaskMix.Question question = answers.question(answer);
        return Judgement.of(
                question.task(), question.problem(), answers.completions().get(answer), bench.tokenizer);
    }
}
