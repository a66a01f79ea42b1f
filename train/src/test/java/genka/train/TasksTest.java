package genka.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import genka.catalog.Recipe;
import genka.kernel.SeededRandom;
import genka.model.Tokenizer;
import genka.model.Tokenizers;
import genka.units.GenkaException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TasksTest {
    private static final Tokenizer TOKENIZER =
            Tokenizers.of(new Recipe.TokenizerSpec.Characters(Tiny.ALPHABET, '$', '_'));

    private static Task withoutNoise(String name) {
        return switch (name) {
            case "multiply" -> Tasks.named("arithmetic", Map.of("operation", "multiply", "think_share", 0.5));
            case "countdown" -> Tasks.named(name, Map.of("noisy_share", 0));
            default -> Tasks.named(name, Map.of());
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"digit-sum", "countdown", "arithmetic", "multiply"})
    void demonstrationsScoreFullyAndUseTheAlphabet(String name) {
        Task task = withoutNoise(name);
        int thinking = 0;
        for (int i = 0; i < 500; i++) {
            SeededRandom random = SeededRandom.of(7, i);
            Task.Problem problem = task.sample(random);
            String response = task.demonstration(problem, random);
            assertThat(task.score(problem, response))
                    .as(problem + " " + response)
                    .isEqualTo(new Task.Score(1, 1));
            assertThat((problem.prompt() + response).chars())
                    .allMatch(c -> task.alphabet().indexOf(c) >= 0);
            thinking += task.thinks(response) ? 1 : 0;
        }
        assertThat(thinking).isBetween(name.equals("countdown") ? 0 : 100, 300);
    }

    @ParameterizedTest
    @CsvSource({
        "A8, 1, 1",
        "T6+0=6/A8, 1, 1",
        "A7, 0, 1",
        "8, 0, 0",
        "A8A8, 0, 0",
        "T6+0=6A8, 0, 0",
        "6/A8, 0, 0",
        "TT6/A8, 0, 0",
        "T6/7/A8, 0, 0",
        "A, 0, 0",
        "'', 0, 0"
    })
    void formIsExactlyOneAnswerAfterAtMostOneThought(String response, double accuracy, double format) {
        assertThat(new DigitSum().score(new Task.Problem("6+0+4+5+3=", "8"), response))
                .isEqualTo(new Task.Score(accuracy, format));
    }

    @ParameterizedTest
    @CsvSource({"A20-7+3, 1", "A3+20-7, 1", "A20-4, 0", "A20-7-3, 0", "A20-7+3+0, 0", "A7+20-3, 0"})
    void countdownUsesEachNumberOnce(String response, double accuracy) {
        Task.Problem problem = new Task.Problem("3 20 7?16=", "20-7+3");
        assertThat(new Countdown().score(problem, response).accuracy()).isEqualTo(accuracy);
    }

    @Test
    void optionsAreRefusedUnderTheKeyOfTheirSource() {
        Recipe.DataSpec good = new Recipe.DataSpec.Task("digit-sum", Map.of(), 4);
        for (Map.Entry<Recipe.DataSpec.Task, String> wrong : Map.of(
                        new Recipe.DataSpec.Task("digit-sum", Map.of("digits", 500), 0), "sources.more.digits (500)",
                        new Recipe.DataSpec.Task("digits", Map.of(), 0), "sources.more.task (digits) is not known")
                .entrySet()) {
            Recipe recipe = Tiny.recipe(5, 1, List.of(), Map.of(Recipe.MAIN, good, "more", wrong.getKey()), 1);
            assertThatThrownBy(() -> new Sources(recipe, TOKENIZER)).hasMessageStartingWith(wrong.getValue());
        }
    }

    @Test
    void scratchpadsAreAsDocumented() {
        Task add = Tasks.named("arithmetic", Map.of("think_share", 1));
        assertThat(add.demonstration(new Task.Problem("57+68=", "125"), SeededRandom.of(1)))
                .isEqualTo("T7+8+0=15;5+6+1=12;/A125");
        Task multiply = Tasks.named("arithmetic", Map.of("operation", "multiply", "think_share", 1));
        assertThat(multiply.demonstration(new Task.Problem("12*34=", "408"), SeededRandom.of(1)))
                .isEqualTo("T4*21=84>84;3*21=63>804;/A408");
        Task sum = Tasks.named("digit-sum", Map.of("think_share", 1));
        assertThat(sum.demonstration(new Task.Problem("6+0+4+5+3=", "8"), SeededRandom.of(1)))
                .isEqualTo("T6+0=6+4=0+5=5+3=8/A8");
    }

    @Test
    void trainingNeverSeesEvaluationPrompts() {
        Recipe.DataSpec.Task source = new Recipe.DataSpec.Task("digit-sum", Map.of("digits", 2), 30);
        Recipe recipe = Tiny.recipe(5, 1, List.of(), Map.of(Recipe.MAIN, source, "other", source), 1);
        Sources sources = new Sources(recipe, TOKENIZER);
        TaskData data = sources.task(Recipe.MAIN, 0, true);
        Set<String> evaluation = new HashSet<>();
        sources.evaluated().forEach(each -> each.evaluation().forEach(problem -> evaluation.add(problem.prompt())));
        assertThat(evaluation).as("of both sources").hasSizeGreaterThan(30);
        for (int i = 0; i < 2000; i++) {
            assertThat(evaluation)
                    .doesNotContain(data.problem(SeededRandom.of(1, i)).prompt());
        }
        Rows rows = new Rows();
        data.fill(3, 200, 48, rows);
        for (int s = 0; s < rows.sequences(); s++) {
            var batch = rows.slice(s, s + 1);
            assertThat(evaluation).doesNotContain(TOKENIZER.decode(batch.ids(), 0, 4));
        }
    }

    @Test
    void tooManyEvaluationPromptsAreRefused() {
        Recipe.DataSpec.Task source = new Recipe.DataSpec.Task("digit-sum", Map.of("digits", 2), 101);
        assertThatThrownBy(() -> new Sources(Tiny.recipe(5, 1, List.of(), source, 1), TOKENIZER))
                .isInstanceOf(GenkaException.class)
                .hasMessageContaining("101")
                .hasMessageContaining("found 100");
    }

    @Test
    void unknownNamesAndOptionsAreToldTheNearest() {
        assertThatThrownBy(() -> Tasks.named("digitsum", Map.of())).hasMessageContaining("digit-sum");
        assertThatThrownBy(() -> Tasks.named("digit-sum", Map.of("digit", 5))).hasMessageContaining("digits");
        assertThatThrownBy(() -> Tasks.named("digit-sum", Map.of("digits", 2.5)))
                .hasMessageContaining("whole");
        assertThatThrownBy(() -> Tasks.named("digit-sum", Map.of("think_share", 1.5)))
                .hasMessageContaining("1.5")
                .hasMessageContaining("share");
        assertThatThrownBy(() -> Tasks.named("arithmetic", Map.of("operation", "divide")))
                .hasMessageContaining("add, multiply");
    }

    @Test
    void untidyDemonstrationsAreAsDocumented() {
        Task.Problem problem = new Task.Problem("6+0+4+5+3=", "8");
        assertThat(demonstration("untagged_share", problem)).isEqualTo("6+0=6+4=0+5=5+3=8");
        assertThat(demonstration("hasty_share", problem)).isEqualTo("T6+0+4+5+3=8/A8");
        assertThat(demonstration("mixed_share", problem)).isEqualTo("T6+0=g+4=a+5=f+3=i/A8");
    }

    private static String demonstration(String untidy, Task.Problem problem) {
        return Tasks.named("digit-sum", Map.of("think_share", 1, untidy, 1)).demonstration(problem, SeededRandom.of(1));
    }

    @Test
    void languageConsistencyIsTheShareOfTheWantedLanguage() {
        Task sum = Tasks.named("digit-sum", Map.of());
        assertThat(LanguageConsistency.of(sum, "T6+0=6/A6")).isEqualTo(1);
        assertThat(LanguageConsistency.of(sum, "T6+a=g/A6")).isEqualTo(1 / 3.0);
        assertThat(LanguageConsistency.of(sum, "6+a"))
                .as("no readable thought: all of it")
                .isEqualTo(0.5);
        assertThat(LanguageConsistency.of(sum, "A6")).as("no thought").isNaN();
        assertThat(LanguageConsistency.of(Tasks.named("rewrite", Map.of()), "TabcA6"))
                .as("one language")
                .isNaN();
    }

    @Test
    void rewritingIsJudgedByWhatWasAsked() {
        Task rewrite = Tasks.named("rewrite", Map.of());
        Map<String, String> answers = Map.of(">", "A4071", "<", "A1704", "*", "A44007711");
        for (int i = 0; i < 50; i++) {
            Task.Problem problem = rewrite.sample(SeededRandom.of(i));
            assertThat(rewrite.score(problem, rewrite.demonstration(problem, SeededRandom.of(i))))
                    .isEqualTo(new Task.Score(1, 1));
        }
        answers.forEach((kind, answer) -> assertThat(
                        rewrite.score(new Task.Problem(kind + "4071=", answer.substring(1)), answer))
                .isEqualTo(new Task.Score(1, 1)));
        Task careless = Tasks.named("rewrite", Map.of("careless_share", 1));
        long wrong = java.util.stream.IntStream.range(0, 300)
                .filter(i -> {
                    Task.Problem problem = careless.sample(SeededRandom.of(i));
                    return careless.score(problem, careless.demonstration(problem, SeededRandom.of(i, 1)))
                                    .accuracy()
                            == 0;
                })
                .count();
        assertThat(wrong).isBetween(150L, 250L);
    }

    @Test
    void countdownSearchesInWritingUntilItHitsOrGivesUp() {
        Task task = Tasks.named("countdown", Map.of("search_share", 1, "give_up", 0.3));
        int right = 0;
        for (int i = 0; i < 300; i++) {
            Task.Problem problem = task.sample(SeededRandom.of(3, i));
            String said = task.demonstration(problem, SeededRandom.of(4, i));
            Task.Score score = task.score(problem, said);
            assertThat(score.format()).as(said).isEqualTo(1);
            right += score.accuracy() == 1 ? 1 : 0;
            String target = problem.prompt().replaceAll(".*\\?|=", "");
            String[] trials = task.read(said).orElseThrow().thinking().split(";", -1);
            for (int t = 0; t < trials.length; t++) {
                boolean hits = trials[t].endsWith("=" + target);
                assertThat(hits).as(said).isEqualTo(score.accuracy() == 1 && t == trials.length - 1);
            }
            assertThat(trials).as("no choice of signs twice").hasSizeLessThanOrEqualTo(7);
        }
        assertThat(right).isBetween(100, 270);
    }

    @Test
    void countdownIsAsHardAsItsFewestSubtractions() {
        Task task = Tasks.named("countdown", Map.of());
        assertThat(task.difficulty(new Task.Problem("3 20 7?30=", ""))).isEqualTo("0 subtracted");
        assertThat(task.difficulty(new Task.Problem("3 20 7?16=", ""))).isEqualTo("1 subtracted");
        assertThat(task.difficulty(new Task.Problem("3 20 7?10=", ""))).isEqualTo("2 subtracted");
    }
}
