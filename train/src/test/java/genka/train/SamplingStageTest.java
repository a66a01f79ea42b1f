package genka.train;

import static org.assertj.core.api.Assertions.assertThat;

import genka.catalog.Recipe;
import genka.catalog.StageSpec;
import genka.kernel.ThreadTeam;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What rejection sampling keeps, of answers written by hand. */
class SamplingStageTest {
    @TempDir
    Path folder;

    private List<String> kept(StageSpec.Filter keep, String... answers) {
        return kept(keep, List.of(Said.problem("1+2=", "3")), answers);
    }

    private List<String> kept(StageSpec.Filter keep, List<Task.Problem> problems, String... answers) {
        StageSpec.RejectionSample spec = new StageSpec.RejectionSample(
                "samples",
                new StageSpec.Inputs(Recipe.MAIN, Optional.empty(), Map.of(Recipe.MAIN, 1.0)),
                problems.size(),
                answers.length / problems.size(),
                problems.size(),
                16,
                1,
                keep,
                0);
        TaskData sums = new TaskData(
                new Sources.TaskSource(Recipe.MAIN, 0, Said.SUMS, List.of()), Set.of(), Said.TOKENIZER, 1, 0, true);
        try (ThreadTeam team = new ThreadTeam(1)) {
            SamplingStage stage =
                    new SamplingStage(spec, 0, Said.bench(team), new TaskMix(List.of(sums), List.of(1.0)), folder);
            Tally tally = new Tally();
            List<SampleFile.Line> lines = stage.chosen(Said.answers(problems, answers), tally);
            assertThat(tally.answers()).isEqualTo(answers.length);
            return lines.stream().map(line -> line.prompt() + line.response()).toList();
        }
    }

    @Test
    void onlyRightAnswersThatEndedStay() {
        StageSpec.Filter all = new StageSpec.Filter(0, 16, 9);
        assertThat(kept(all, "A3", "A4", "3", "T1+2=3/A3", "T1+2=3A3", "TT1/A3", "A3…"))
                .containsExactly("1+2=A3", "1+2=T1+2=3/A3");
    }

    /** Of 1, 2 and d two thirds are digits; where nothing is thought there is nothing to mix. */
    @Test
    void mixedThoughtsAreLeftOutBelowTheShareThatIsAskedFor() {
        String[] answers = {"T1+2=d/A3", "T1=b/A3", "A3"};
        assertThat(kept(new StageSpec.Filter(2.0 / 3, 16, 9), answers)).containsExactly("1+2=T1+2=d/A3", "1+2=A3");
        assertThat(kept(new StageSpec.Filter(0.67, 16, 9), answers)).containsExactly("1+2=A3");
        assertThat(kept(new StageSpec.Filter(0.5, 16, 9), answers)).hasSize(3);
    }

    /** The end token counts: A3 has three. */
    @Test
    void longAnswersAreLeftOut() {
        assertThat(kept(new StageSpec.Filter(0, 10, 9), "A3", "T1+2=3/A3", "T1+2=33/A3"))
                .containsExactly("1+2=A3", "1+2=T1+2=3/A3");
        assertThat(kept(new StageSpec.Filter(0, 3, 9), "A3", "T1+2=3/A3")).containsExactly("1+2=A3");
    }

    @Test
    void ofAPromptTheFirstAnswersThatDifferStay() {
        List<Task.Problem> two = List.of(Said.problem("1+2=", "3"), Said.problem("4+9=", "3"));
        String[] answers = {"A3", "A3", "T1/A3", "T2/A3", "A4", "A3", "T1/A3", "A3"};
        assertThat(kept(new StageSpec.Filter(0, 16, 2), two, answers))
                .containsExactly("1+2=A3", "1+2=T1/A3", "4+9=A3", "4+9=T1/A3");
        assertThat(kept(new StageSpec.Filter(0, 16, 1), two, answers)).containsExactly("1+2=A3", "4+9=A3");
    }
}
