package genka.train;

import static genka.train.Course.noise;
import static genka.train.Course.rates;
import static genka.train.Course.stage;
import static org.assertj.core.api.Assertions.assertThat;

import genka.catalog.StageSpec;
import genka.train.Trouble.Kind;
import genka.train.Trouble.Severity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** Each trouble on a trajectory that has it and on one that only resembles it. */
class DiagnosticsTest {
    @Test
    void aHealthyStageHasNoTrouble() {
        assertThat(new Course().troubles(0.3, 0.4, 0.5)).isEmpty();
    }

    @Test
    void aRewardThatNeverRisesIsTold() {
        Course flat = new Course()
                .with(Figure.REWARD, step -> 0.3 + noise(step))
                .with(Figure.ACCURACY, step -> 0.2 + noise(step));
        assertThat(flat.kinds()).containsExactly(Kind.REWARD_FLAT);
        assertThat(flat.troubles().getFirst().finding()).contains("0.302", "10 % of the groups");
        // A late rise is a rise, and it came before the verdict.
        assertThat(new Course()
                        .with(Figure.REWARD, step -> step < 20 ? 0.3 + noise(step) : 0.4 + noise(step))
                        .kinds())
                .isEmpty();
    }

    @Test
    void aFormThatNoAnswerHasIsToldAfterAFewSteps() {
        Course formless = new Course()
                .with(Figure.FORMAT, step -> 0)
                .with(Figure.TRUNCATED_SHARE, step -> 0.8)
                .from(new RunEvents.PreFlight("grpo", 32, 16, 0.2, 0.9, 1, 0.8));
        Trouble trouble = formless.troubles().stream()
                .filter(t -> t.kind() == Kind.FORMAT_NEVER_RIGHT)
                .findFirst()
                .orElseThrow();
        assertThat(trouble.step()).isEqualTo(5);
        assertThat(trouble.advice()).contains("max_new_tokens");
        assertThat(new Course()
                        .with(Figure.FORMAT, step -> step == 3 ? 0.01 : 0)
                        .kinds())
                .doesNotContain(Kind.FORMAT_NEVER_RIGHT);
    }

    @Test
    void groupsWithoutVarianceAreToldByWhatTheyMean() {
        Course decided =
                new Course().with(Figure.ZERO_VARIANCE_SHARE, step -> 1).with(Figure.LOSS, step -> 0);
        assertThat(decided.with(Figure.ACCURACY, step -> 0).troubles().getFirst())
                .extracting(Trouble::kind, Trouble::severity)
                .containsExactly(Kind.NO_SIGNAL, Severity.WARNING);
        assertThat(decided.troubles().getFirst().advice()).contains("easier");
        assertThat(decided.with(Figure.ACCURACY, step -> 1)
                        .troubles()
                        .getFirst()
                        .severity())
                .isEqualTo(Severity.NOTE);
        assertThat(decided.with(Figure.ACCURACY, step -> 0.5)
                        .troubles()
                        .getFirst()
                        .advice())
                .contains("always right or always wrong");
        // Four steps in five are not a pattern.
        assertThat(new Course()
                        .with(Figure.ZERO_VARIANCE_SHARE, step -> step % 5 == 0 ? 0.5 : 1)
                        .kinds())
                .doesNotContain(Kind.NO_SIGNAL);
    }

    @Test
    void aLossOfZeroIsToldApart() {
        Trouble byConstruction = new Course()
                .on(stage("stages.grpo.objective.aggregate=sequence-mean"))
                .with(Figure.LOSS, step -> 3e-8)
                .troubles()
                .getFirst();
        assertThat(byConstruction.severity()).isEqualTo(Severity.NOTE);
        assertThat(byConstruction.finding()).contains("by construction", "each answer weighs the same");
        assertThat(byConstruction.advice()).contains("does not matter");
        Trouble masked = new Course()
                        .with(Figure.LOSS, step -> 0)
                        .with(Figure.UPDATES, step -> 0)
                        .with(Figure.TRUNCATED_SHARE, step -> 1)
                        .from(new RunEvents.PreFlight("grpo", 32, 16, 0.2, 0.9, 1, 0.4))
                        .troubles()
                        .stream()
                        .filter(t -> t.kind() == Kind.ZERO_LOSS)
                        .findFirst()
                        .orElseThrow();
        assertThat(masked.severity()).isEqualTo(Severity.WARNING);
        assertThat(masked.advice()).contains("mask_truncated");
        assertThat(new Course()
                        .with(Figure.LOSS, step -> step % 5 == 0 ? 1e-3 : 0)
                        .kinds())
                .isEmpty();
    }

    @Test
    void shorterAnswersAreACollapseUnlessAccuracyGains() {
        IntToDoubleFunction shrinking = step -> Math.max(3, 30 - step);
        assertThat(new Course()
                        .with(Figure.RESPONSE_TOKENS, shrinking)
                        .with(Figure.ACCURACY, step -> 0.3 - 0.002 * step)
                        .kinds())
                .contains(Kind.LENGTH_COLLAPSE);
        assertThat(new Course().with(Figure.RESPONSE_TOKENS, shrinking).kinds()).isEmpty();
    }

    @Test
    void answersThatRunIntoTheLimitAreToldUnlessTheyAlwaysDid() {
        IntToDoubleFunction cut = step -> 0.005 * step;
        assertThat(new Course().with(Figure.TRUNCATED_SHARE, cut).kinds()).containsExactly(Kind.LENGTH_EXPLOSION);
        assertThat(new Course()
                        .with(Figure.TRUNCATED_SHARE, step -> 0.25)
                        .from(new RunEvents.PreFlight("grpo", 32, 16, 0.2, 0.9, 1, 0.25))
                        .kinds())
                .isEmpty();
    }

    @Test
    void entropyMayGoWhenTheTaskIsSolved() {
        IntToDoubleFunction vanishing = step -> 0.5 * Math.exp(-0.1 * step);
        assertThat(new Course().with(Figure.ENTROPY, vanishing).kinds()).containsExactly(Kind.ENTROPY_COLLAPSE);
        assertThat(new Course()
                        .with(Figure.ENTROPY, vanishing)
                        .with(Figure.ACCURACY, step -> Math.min(1, 0.2 + 0.05 * step))
                        .kinds())
                .isEmpty();
    }

    @Test
    void aRewardThatRisesWithoutAccuracyIsHacking() {
        Course form = new Course()
                .with(Figure.FORMAT, step -> 0.3 + 0.006 * step)
                .with(Figure.ACCURACY, step -> 0.3 - 0.002 * step + noise(step));
        assertThat(form.kinds()).contains(Kind.REWARD_HACKING);
        assertThat(form.troubles().getFirst().finding()).contains("format part");
        // Training accuracy 60 %, held-out as before.
        assertThat(new Course().kinds(0.3, 0.31, 0.3, 0.29)).containsExactly(Kind.REWARD_HACKING);
        assertThat(new Course().kinds(0.3, 0.35, 0.4, 0.5)).isEmpty();
    }

    @Test
    void aDivergenceThatJumpsIsTold() {
        StageSpec.Grpo held = stage("stages.grpo.objective.kl_beta=0.01");
        assertThat(new Course()
                        .on(held)
                        .with(Figure.KL, step -> step < 50 ? 0.02 : 0.4)
                        .troubles())
                .singleElement()
                .satisfies(trouble -> {
                    assertThat(trouble.kind()).isEqualTo(Kind.KL_BLOW_UP);
                    assertThat(trouble.step()).isEqualTo(51);
                    assertThat(trouble.finding()).contains("ten times");
                });
        assertThat(new Course().on(held).with(Figure.KL, step -> 2).kinds()).contains(Kind.KL_BLOW_UP);
        assertThat(new Course().on(held).with(Figure.KL, step -> 0.004 * step).kinds())
                .isEmpty();
    }

    @Test
    void aPlateauNearThePassRateOfTheBaseIsTheWall() {
        IntToDoubleFunction saturating = step -> 0.2 + 0.4 * (1 - Math.exp(-step / 8.0)) + noise(step);
        Course wall = new Course()
                .with(Figure.ACCURACY, saturating)
                .with(Figure.REWARD, saturating)
                .with(Figure.ZERO_VARIANCE_SHARE, step -> Math.min(0.6, 0.02 * step));
        assertThat(wall.from(rates(0.2, 0.7)).kinds()).containsExactly(Kind.COVERAGE_WALL);
        assertThat(wall.troubles().getFirst().finding()).contains("pass@16 70 %", "60 %");
        assertThat(wall.from(rates(0.2, 1)).kinds())
                .as("nothing is beyond the base")
                .isEmpty();
        // With much of the base's coverage left a plateau is no wall, and without a plateau there is none.
        assertThat(new Course()
                        .with(Figure.ACCURACY, step -> 0.5 * saturating.applyAsDouble(step) - 0.05)
                        .with(Figure.ZERO_VARIANCE_SHARE, step -> 0.5)
                        .from(rates(0.05, 0.9))
                        .kinds())
                .isEmpty();
        assertThat(new Course()
                        .with(Figure.ZERO_VARIANCE_SHARE, step -> 0.5)
                        .from(rates(0.2, 0.7))
                        .kinds())
                .isEmpty();
    }

    @Test
    void passRatesBeforeAndAfterShowTheWallToo() {
        assertThat(CoverageWall.closing(rates(0.21, 0.70), rates(0.61, 0.72), 250))
                .hasValueSatisfying(wall -> {
                    assertThat(wall.step()).isEqualTo(250);
                    assertThat(wall.finding()).contains("21 %", "61 %", "70 %", "72 %");
                });
        assertThat(CoverageWall.closing(rates(0.21, 0.70), rates(0.70, 0.85), 250))
                .as("new answers were found")
                .isEmpty();
        assertThat(CoverageWall.closing(rates(0.21, 0.70), rates(0.30, 0.71), 250))
                .as("little was sharpened yet")
                .isEmpty();
        assertThat(CoverageWall.closing(rates(0.39, 0.97), rates(0.65, 0.94), 250))
                .as("prompts that the base reached are out of reach now")
                .isPresent();
        assertThat(CoverageWall.closing(rates(0.39, 0.97), rates(0.92, 1), 250))
                .as("nothing is beyond reach")
                .isEmpty();
    }

    @Test
    void theBaseIsJudgedBeforeTheFirstStep() {
        assertThat(new Course().from(rates(0.001, 0.03)).troubles().getFirst())
                .extracting(Trouble::kind, Trouble::severity, Trouble::step)
                .containsExactly(Kind.NOTHING_TO_REINFORCE, Severity.REFUSAL, 0L);
        assertThat(new Course().from(rates(0.97, 1)).kinds()).contains(Kind.ALREADY_SOLVED);
        assertThat(new Course()
                        .from(new RunEvents.PreFlight("grpo", 32, 16, 0.2, 0.9, 0.4, 0.6))
                        .kinds())
                .contains(Kind.LENGTH_EXPLOSION);
    }

    @Test
    void afterAResumeNothingIsToldTwice(@TempDir Path folder) throws IOException {
        StageSpec.Grpo spec = stage();
        Trouble told = new Course().with(Figure.FORMAT, step -> 0).troubles().getFirst();
        JsonMapper json = JsonMapper.builder().build();
        List<String> lines = new ArrayList<>();
        lines.add(json.writeValueAsString(
                Map.of("stage", "grpo", "step", 0, "pre_flight", rates(0.2, 0.9).json())));
        IntStream.range(0, 4)
                .mapToObj(step -> json.writeValueAsString(
                        Map.of("stage", "grpo", "step", step, "reward", 0, "format", 0, "truncated_share", 0)))
                .forEach(lines::add);
        Path metrics = Files.write(folder.resolve("metrics.jsonl"), lines);
        Diagnostics early = new Diagnostics(spec);
        early.replay(metrics);
        Map<String, Double> step = Map.of("reward", 0.0, "format", 0.0, "truncated_share", 0.0);
        assertThat(early.step(step)).extracting(Trouble::kind).contains(Kind.FORMAT_NEVER_RIGHT);

        lines.add(json.writeValueAsString(Map.of("stage", "grpo", "step", 5, "trouble", told.json())));
        Files.write(metrics, lines);
        Diagnostics late = new Diagnostics(spec);
        late.replay(metrics);
        assertThat(late.step(step)).isEmpty();
        assertThat(Diagnostics.troubles(metrics)).containsExactly(told);

        byte[] noUtf8 = {'"', (byte) 0xff, '\n'};
        Files.write(metrics, noUtf8, StandardOpenOption.APPEND);
        assertThat(Diagnostics.troubles(metrics)).as("beside a damaged line").containsExactly(told);
    }
}
