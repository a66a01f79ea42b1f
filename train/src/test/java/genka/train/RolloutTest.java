package genka.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import genka.catalog.StageSpec;
import genka.catalog.StageSpec.DrawSpec;
import genka.catalog.StageSpec.RewardSpec;
import genka.generate.Completion;
import genka.kernel.ThreadTeam;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A step's groups, from answers written by hand. */
class RolloutTest {
    private static final Task.Problem THREE = Said.problem("1+2=", "3");
    private static final Task.Problem NINE = Said.problem("4+5=", "9");
    private static final Task.Problem FIVE = Said.problem("8+7=", "5");

    private final ThreadTeam team = new ThreadTeam(1);
    private final Asking asking = new Asking(Said.bench(team), 10, 1);

    @AfterEach
    void close() {
        team.close();
    }

    /** Two questions a step with two answers each, of at most ten tokens. */
    private static StageSpec.Grpo stage(RewardSpec reward, DrawSpec draws) {
        StageSpec.Grpo like = Tiny.grpo(1, 0, 1);
        return new StageSpec.Grpo(
                like.name(),
                like.inputs(),
                like.preset(),
                like.steps(),
                2,
                2,
                like.accumulate(),
                10,
                like.temperature(),
                like.objective(),
                reward,
                draws,
                like.biasUpdate(),
                like.evaluateEvery(),
                like.sampleEvery(),
                like.stop(),
                like.weights(),
                like.optimizer(),
                like.schedule());
    }

    private static Map<String, Double> figures(Rollout rollout) {
        Map<String, Double> figures = new LinkedHashMap<>();
        rollout.report(figures);
        return figures;
    }

    /** 1 for a right answer, 0.25 for its form, 0.5 times the thought's share of digits, less 1 at the limit of ten tokens. */
    @ParameterizedTest
    @CsvSource({
        "A3, 1.25",
        "A4, 0.25",
        "3, 0.5",
        "T1/A3, 1.75",
        "T1+2/A3, 1.25",
        "T1+2=3/A3, 0.75",
        "T1+2=d/A3, 0.58333",
        "T+1+2/A3, 1",
        "T1+2=3/A3…, -0.75"
    })
    void aRewardIsTheSumOfItsWeighedParts(String text, double reward) {
        Rollout rollout = new Rollout(stage(new RewardSpec(1, 0.25, 0.5, 4), DrawSpec.PLAIN));
        rollout.add(asking, Said.answers(List.of(THREE), text, text));
        assertThat(figures(rollout).get("reward")).isCloseTo(reward, within(1e-5));
    }

    @Test
    void groupsWhoseRewardsDifferComeBeforeOthersInTheOrderTheyWereAsked() {
        Rollout rollout = new Rollout(stage(new RewardSpec(1, 0, 0, 0), new DrawSpec(2, Optional.empty())));
        rollout.add(asking, Said.answers(List.of(THREE, NINE), "A4", "A5", "A9", "A1"));
        assertThat(rollout.missing()).isEqualTo(1);
        Rollout.Chosen soFar = rollout.chosen();
        assertThat(soFar.prompts())
                .containsExactly(Said.TOKENIZER.encode(THREE.prompt()), Said.TOKENIZER.encode(NINE.prompt()));
        assertThat(soFar.advantages()).startsWith(0, 0);
        rollout.add(asking, Said.answers(List.of(FIVE), "A4", "A5"));
        assertThat(rollout.missing()).isZero();
        Rollout.Chosen chosen = rollout.chosen();
        assertThat(chosen.prompts())
                .containsExactly(Said.TOKENIZER.encode(NINE.prompt()), Said.TOKENIZER.encode(FIVE.prompt()));
        assertThat(chosen.answers().stream().map(Completion::ids))
                .containsExactly(ids("A9"), ids("A1"), ids("A4"), ids("A5"));
        // Of rewards 1 and 0 the mean is 1/2 and the deviation √½.
        float each = (float) (0.5 / (Math.sqrt(0.5) + 1e-4));
        assertThat(chosen.advantages()).containsExactly(new float[] {each, -each, -each, each}, within(1e-6f));
    }

    private static int[] ids(String text) {
        return Said.completion(text).ids();
    }

    @Test
    void figuresAreOfAllAnswersAlsoOfGroupsThatAreLeftOut() {
        var kinds = new StageSpec.CurriculumSpec(0.1, 0.9, 1);
        Rollout rollout = new Rollout(stage(new RewardSpec(1, 0, 0, 0), new DrawSpec(2, Optional.of(kinds))));
        rollout.add(asking, Said.answers(List.of(THREE, NINE), "A3", "A3", "T4+5=j/A9", "4"));
        rollout.add(asking, Said.answers(List.of(FIVE), "A5…", "A5"));
        Map<String, Double> figures = figures(rollout);
        assertThat(figures.get("accuracy")).isCloseTo(4.0 / 6, within(1e-12));
        assertThat(figures.get("format")).isCloseTo(4.0 / 6, within(1e-12));
        assertThat(figures.get("response_tokens")).isCloseTo((3 + 3 + 10 + 2 + 2 + 3) / 6.0, within(1e-12));
        assertThat(figures.get("think_share")).isCloseTo(1.0 / 6, within(1e-12));
        assertThat(figures.get("truncated_share")).isCloseTo(1.0 / 6, within(1e-12));
        assertThat(figures.get("zero_variance_share")).isCloseTo(1.0 / 3, within(1e-12));
        assertThat(figures.get("groups_asked")).isEqualTo(3);
        assertThat(figures.get("success_rate 4 characters")).isCloseTo(4.0 / 6, within(1e-12));
        // Digits 4, 5 and the letter j; the answer without a form is the digit 4. The others have no thought.
        assertThat(figures.get("language")).isCloseTo((2.0 / 3 + 1) / 2, within(1e-12));
    }
}
