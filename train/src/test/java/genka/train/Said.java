package genka.train;

import genka.books.UseClock;
import genka.generate.Completion;
import genka.kernel.Gemm;
import genka.kernel.ThreadTeam;
import genka.model.CharacterTokenizer;
import genka.model.Model;
import genka.model.Parameters;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Answers written by hand, as a model would have given them to sums of two digits. */
final class Said {
    static final CharacterTokenizer TOKENIZER = new CharacterTokenizer("_$0123456789+=T/Aabcdefghij", '$', '_');
    static final Task SUMS = Tasks.named("digit-sum", Map.of("digits", 2));

    private Said() {}

    static Task.Problem problem(String prompt, String answer) {
        return new Task.Problem(prompt, answer);
    }

    /** The text and the end token; with … at its end it is cut off there. */
    static Completion completion(String text) {
        boolean cutOff = text.endsWith("…");
        int[] ids = TOKENIZER.encode(cutOff ? text.substring(0, text.length() - 1) : text + "$");
        return new Completion(ids, new float[ids.length], cutOff);
    }

    static Judgement judged(Task.Problem problem, String text) {
        return Judgement.of(SUMS, problem, completion(text), TOKENIZER);
    }

    /** So many answers to each problem, one problem's after the other's. */
    static Asking.Answers answers(List<Task.Problem> problems, String... texts) {
        TaskData sums =
                new TaskData(new Sources.TaskSource("main", 0, SUMS, List.of()), Set.of(), TOKENIZER, 1, 0, true);
        List<TaskMix.Question> questions = new ArrayList<>();
        List<int[]> prompts = new ArrayList<>();
        for (Task.Problem problem : problems) {
            questions.add(new TaskMix.Question(sums, problem));
            prompts.add(TOKENIZER.encode(problem.prompt()));
        }
        List<Completion> completions =
                Arrays.stream(texts).map(Said::completion).toList();
        return new Asking.Answers(questions, prompts, completions, texts.length / problems.size());
    }

    /** With a model that is not asked. */
    static Workbench bench(ThreadTeam team) {
        var spec = Tiny.model(16, TOKENIZER.vocabSize());
        return new Workbench(
                new Model(spec, Parameters.of(spec)),
                new Gemm(team),
                TOKENIZER,
                new UseClock(System::nanoTime, System.nanoTime()),
                RunEvents.NONE,
                1,
                answered -> {});
    }
}
