package genka.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import genka.catalog.Recipe;
import genka.catalog.Recipe.InitSpec;
import genka.generate.Generator;
import genka.kernel.Gemm;
import genka.kernel.SeededRandom;
import genka.kernel.ThreadTeam;
import genka.model.CharacterTokenizer;
import genka.model.Model;
import genka.model.Parameters;
import genka.model.WeightInit;
import genka.units.GenkaException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SkillExamTest {
    /** Says whatever a model says; even lengths are right, and there are few different answers. */
    private static final class Parity implements Task {
        @Override
        public String name() {
            return "parity";
        }

        @Override
        public Problem sample(SeededRandom random) {
            return new Problem(random.nextInt(10) + "+" + random.nextInt(10) + "=", "");
        }

        @Override
        public String demonstration(Problem problem, SeededRandom random) {
            return "";
        }

        @Override
        public Score score(Problem problem, String response) {
            return new Score(response.length() % 2 == 0 ? 1 : 0, 1);
        }

        @Override
        public boolean thinks(String response) {
            return false;
        }

        @Override
        public String alphabet() {
            return "0123456789+=";
        }
    }

    private static SkillScores scores(int threads, SkillExam.Settings settings) {
        try (ThreadTeam team = new ThreadTeam(threads)) {
            var spec = Tiny.model(16, Tiny.ALPHABET.length());
            Model model = new Model(spec, Parameters.of(spec));
            WeightInit.fill(model, new InitSpec.WidthScaled(0.7, 0.5), 3, team);
            return new SkillExam(
                            new Generator(model, new Gemm(team)),
                            new CharacterTokenizer(Tiny.ALPHABET, '$', '_'),
                            new Parity(),
                            settings)
                    .run();
        }
    }

    private static SkillExam.Settings settings(int samples) {
        return new SkillExam.Settings(1, 40, samples, 1, 20, 7);
    }

    @Test
    void figuresDoNotDependOnThreads() {
        assertThat(scores(2, settings(8))).isEqualTo(scores(1, settings(8)));
    }

    @Test
    void passRatesRiseWithSamplesAndHoldTheirIntervals() {
        SkillScores scores = scores(1, settings(8));
        assertThat(scores.passAt()).extracting(SkillScores.PassAt::k).containsExactly(1, 2, 4, 8);
        double before = 0;
        for (SkillScores.PassAt each : scores.passAt()) {
            Estimate share = each.share();
            assertThat(share.value()).isBetween(share.low(), share.high()).isGreaterThanOrEqualTo(before);
            before = share.value();
        }
        assertThat(scores.passAt().getFirst().share().value()).isBetween(0.05, 0.8);
        assertThat(scores.passAt().getLast().share().method()).isEqualTo("wilson");
        long counted =
                scores.lengths().stream().mapToLong(SkillScores.Bin::count).sum();
        assertThat(counted).isEqualTo(40 * 8);
        assertThat(scores.lengths().getLast().to()).isLessThanOrEqualTo(20);
    }

    /**
     * Two questions with four samples each, by hand. Of the first two are right and agree, while the thought is no part of what is voted on;
     * one is cut off. Of the second one is right, and it loses the vote. So pass@1 is the mean of 2/4 and 1/4, pass@2 of 1 − C(2, 2) / C(4, 2)
     * = 5/6 and 1 − C(3, 2) / C(4, 2) = 1/2, pass@4 is 1.
     */
    @Test
    void scoresAreThoseWorkedOutByHand() {
        SkillScores scores = exam(List.of("A4", "A9"), List.of("A3", "T1+2=3/A3", "A4", "A3…", "A9", "A1", "A1", "7"));
        assertThat(scores.greedy().value()).isEqualTo(0.5);
        assertThat(scores.passAt()).extracting(SkillScores.PassAt::k).containsExactly(1, 2, 4);
        double[] shares = scores.passAt().stream()
                .mapToDouble(pass -> pass.share().value())
                .toArray();
        assertThat(shares).containsExactly(new double[] {3.0 / 8, (5.0 / 6 + 1.0 / 2) / 2, 1}, within(1e-12));
        assertThat(scores.consensus()).singleElement().isEqualTo(Estimate.wilson(1, 2));
        assertThat(scores.formatRate()).isEqualTo(6.0 / 8);
        assertThat(scores.truncatedShare()).isEqualTo(1.0 / 8);
        assertThat(scores.answers())
                .containsExactly(
                        new SkillScores.Answer("1+2=", "A4", 0, "A3", 1),
                        new SkillScores.Answer("4+5=", "A9", 1, "A9", 1));
    }

    /** What was cut off has no vote, and of answers that are as frequent the first to be so counts. */
    @Test
    void aVoteIsAmongAnswersThatEnded() {
        List<String> greedy = List.of("A4", "A4");
        SkillScores scores = exam(greedy, List.of("A3…", "A3…", "A3…", "A3", "A1", "A9", "A1", "A9"));
        assertThat(scores.consensus()).singleElement().isEqualTo(Estimate.wilson(1, 2));
        scores = exam(greedy, List.of("A4…", "A4…", "A3", "A3", "A9", "A1", "A1", "A9"));
        assertThat(scores.consensus()).singleElement().isEqualTo(Estimate.wilson(1, 2));
    }

    private static SkillScores exam(List<String> greedy, List<String> sampled) {
        try (ThreadTeam team = new ThreadTeam(1)) {
            return new SkillExam(
                            Said.bench(team).generator,
                            Said.TOKENIZER,
                            Said.SUMS,
                            new SkillExam.Settings(1, 2, 4, 1, 20, 7))
                    .scores(
                            List.of(Said.problem("1+2=", "3"), Said.problem("4+5=", "9")),
                            greedy.stream().map(Said::completion).toList(),
                            sampled.stream().map(Said::completion).toList());
        }
    }

    @Test
    void oneSampleHasNoConsensus() {
        SkillScores scores = scores(1, settings(1));
        assertThat(scores.consensus()).isEmpty();
        assertThat(scores.passAt()).extracting(SkillScores.PassAt::k).containsExactly(1);
    }

    @Test
    void questionsAreThoseTheRunKeptApart() {
        Recipe recipe = Tiny.recipe(5, 1, List.of(Tiny.pretrain(1, 4, 1, 0)), 100);
        var tokenizer = new CharacterTokenizer(Tiny.ALPHABET, '$', '_');
        Sources.TaskSource kept = new Sources(recipe, tokenizer).evaluated().getFirst();
        int count = kept.evaluation().size();
        assertThat(DistinctProblems.draw(kept.task(), Stream.EVALUATION_PROBLEMS.of(5), count + 3, "--prompts"))
                .startsWith(kept.evaluation().toArray(Task.Problem[]::new));
    }

    @Test
    void theBootstrapIsAsWideAsTheSpreadOfPromptsAsks() {
        double[] rates = new double[400];
        for (int i = 0; i < rates.length; i++) {
            rates[i] = i % 2;
        }
        Estimate half = Estimate.bootstrap(rates, SeededRandom.of(1));
        // The normal interval of a share of one half in 400.
        assertThat(half.low()).isCloseTo(0.5 - 1.96 * 0.025, within(0.006));
        assertThat(half.high()).isCloseTo(0.5 + 1.96 * 0.025, within(0.006));
        assertThat(Estimate.bootstrap(rates, SeededRandom.of(1))).isEqualTo(half);
        assertThat(Estimate.bootstrap(new double[] {1, 1, 1, 1}, SeededRandom.of(1)))
                .isEqualTo(new Estimate(1, Estimate.wilson(4, 4).low(), 1, "wilson"));
    }

    @Test
    void impossibleSettingsAreRefused() {
        assertThatThrownBy(() -> new SkillExam.Settings(1, 40, 8, 0, 20, 7))
                .isInstanceOf(GenkaException.class)
                .hasMessageContaining("--temperature (0.0)");
        assertThatThrownBy(() -> new SkillExam.Settings(1, 0, 8, 1, 20, 7)).hasMessageContaining("--prompts (0)");
        assertThatThrownBy(() -> new SkillExam.Settings(1, 256, 100_000_000, 1, 20, 7))
                .hasMessageContaining("--prompts (256) × --samples (100000000) must be at most 10,000,000 answers");
        assertThatThrownBy(() -> DistinctProblems.draw(
                        Tasks.named("digit-sum", Map.of("digits", 2)), SeededRandom.of(1), 101, "--prompts"))
                .hasMessageContainingAll("--prompts (101)", "found 100");
    }
}
