package genka.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import genka.kernel.Gemm;
import genka.kernel.SeededRandom;
import genka.kernel.ThreadTeam;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Answers that share their prompt's rows learn as answers that have their own. */
class SharedPrefixTest {
    private static final int VOCAB = 19;
    private static final double TEMPERATURE = 0.8;

    /** @param answers how long each answer to a prompt with {@code shared} shared rows is */
    record Group(int shared, int... answers) {
        private static Group even(int shared, int count, int length) {
            int[] answers = new int[count];
            Arrays.fill(answers, length);
            return new Group(shared, answers);
        }
    }

    record Case(String name, List<Group> groups) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** Few rows go through together, more by slices; sequences longer than a block are cut in pieces and never sliced. */
    static Stream<Case> cases() {
        return Stream.of(
                new Case("one answer", List.of(new Group(4, 6))),
                new Case("few rows", List.of(new Group(3, 5, 1, 8), new Group(1, 4, 4))),
                new Case("nothing to share", List.of(new Group(0, 5, 9), new Group(0, 3, 20))),
                new Case("an empty answer", List.of(new Group(5, 0, 7), new Group(2, 0))),
                new Case(
                        "slices",
                        List.of(
                                Group.even(7, 8, 24),
                                Group.even(0, 3, 11),
                                Group.even(1, 9, 17),
                                new Group(40, 3, 88, 60, 1))),
                new Case("a prompt that only just fits", List.of(Group.even(7, 5, 24), Group.even(100, 4, 28))),
                new Case(
                        "a group longer than a block",
                        List.of(Group.even(33, 5, 40), Group.even(7, 8, 64), new Group(9, 130))),
                new Case("a prompt longer than a block and a slab", List.of(new Group(150, 3, 40, 170))));
    }

    private record Learned(double[] logProb, float[] gradients) {}

    private static Learned learned(List<Group> groups, boolean share, int threads, boolean inParts) {
        Model model = TestModels.random(TestModels.spec(12, TestModels.SIGMOID, 1, false), 41);
        TokenBatch batch = batch(groups, share);
        float[] weight = new float[batch.rows()];
        int counted = 0;
        for (int row = 0; row < weight.length; row++) {
            weight[row] = batch.targets()[row] < 0 ? 0 : (float) Math.sin(++counted);
        }
        float[] logProb = new float[batch.rows()];
        float[] entropy = new float[batch.rows()];
        try (ThreadTeam team = new ThreadTeam(threads)) {
            ModelPass pass = new ModelPass(model, new Gemm(team));
            if (inParts) {
                pass.forward(batch, true);
                pass.temper(TEMPERATURE);
                pass.logProbs(logProb, entropy);
                pass.backward(weight);
            } else {
                pass.policyGradient(batch, TEMPERATURE, weight, logProb, entropy);
            }
        }
        List<Double> of = new ArrayList<>();
        for (int row = 0; row < weight.length; row++) {
            if (batch.targets()[row] >= 0) {
                of.add((double) logProb[row]);
                of.add((double) entropy[row]);
            }
        }
        return new Learned(
                of.stream().mapToDouble(Double::doubleValue).toArray(),
                model.parameters().gradients());
    }

    /** The same prompts and answers: the prompts' rows before each answer, or once before all. */
    private static TokenBatch batch(List<Group> groups, boolean share) {
        SeededRandom random = SeededRandom.of(43);
        List<Integer> starts = new ArrayList<>(List.of(0));
        List<Integer> ids = new ArrayList<>();
        List<Integer> targets = new ArrayList<>();
        List<Boolean> goesOn = new ArrayList<>();
        for (Group group : groups) {
            List<Integer> prompt = tokens(random, group.shared);
            int last = random.nextInt(VOCAB);
            if (share) {
                add(prompt, ids, targets, false);
                starts.add(ids.size());
                goesOn.add(false);
            }
            for (int length : group.answers) {
                List<Integer> answer = tokens(random, length);
                if (!share) {
                    add(prompt, ids, targets, false);
                }
                for (int i = 0; i < length; i++) {
                    ids.add(i == 0 ? last : answer.get(i - 1));
                    targets.add(answer.get(i));
                }
                starts.add(ids.size());
                goesOn.add(share);
            }
        }
        boolean[] on = new boolean[goesOn.size()];
        for (int s = 0; s < on.length; s++) {
            on[s] = goesOn.get(s);
        }
        return new TokenBatch(on.length, ints(starts), ints(ids), ints(targets), on);
    }

    private static void add(List<Integer> prompt, List<Integer> ids, List<Integer> targets, boolean counts) {
        for (int id : prompt) {
            ids.add(id);
            targets.add(counts ? id : -1);
        }
    }

    private static List<Integer> tokens(SeededRandom random, int count) {
        List<Integer> tokens = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            tokens.add(random.nextInt(VOCAB));
        }
        return tokens;
    }

    private static int[] ints(List<Integer> values) {
        return values.stream().mapToInt(Integer::intValue).toArray();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void answersLearnAsWithPromptsOfTheirOwn(Case c) {
        Learned own = learned(c.groups, false, 2, false);
        equal(learned(c.groups, true, 2, false), own);
        equal(learned(c.groups, true, 2, true), own);
    }

    private static void equal(Learned shared, Learned own) {
        assertThat(shared.logProb).hasSameSizeAs(own.logProb);
        for (int i = 0; i < own.logProb.length; i++) {
            assertThat(shared.logProb[i]).isCloseTo(own.logProb[i], within(2e-5));
        }
        GradCheck.assertClose(shared.gradients, own.gradients, 2e-5f);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void sameBitsAtAnyThreadCount(Case c) {
        Learned one = learned(c.groups, true, 1, false);
        for (int threads = 2; threads <= 3; threads++) {
            Learned more = learned(c.groups, true, threads, false);
            assertThat(more.gradients).isEqualTo(one.gradients);
            assertThat(more.logProb).isEqualTo(one.logProb);
        }
    }

    /** What a slice copies it does not count: neither a prompt's rows nor its targets. */
    @Test
    void slicesHoldEachAnswerOnceAfterItsPrompt() {
        TokenBatch batch = batch(List.of(Group.even(7, 8, 24), Group.even(3, 2, 30), Group.even(100, 2, 28)), true);
        LossTerms terms = new LossTerms();
        terms.weight = new float[batch.rows()];
        Slices slices = new Slices();
        slices.of(batch);
        Slice slice = new Slice();
        int rows = 0;
        for (int i = 0; i < slices.count(); i++) {
            slice.of(batch, terms, slices.first(i), slices.first(i + 1));
            TokenBatch part = slice.batch();
            assertThat(part.rows()).isLessThanOrEqualTo(RaggedRows.BLOCK);
            assertThat(part.goesOn()[0]).isFalse();
            assertThat(part.goesOn()[part.sequences() - 1])
                    .as("no prompt without an answer")
                    .isTrue();
            for (int row = 0; row < part.rows() - slice.copied(); row++) {
                int at = batch.starts()[slices.first(i)] + row;
                assertThat(part.ids()[slice.copied() + row]).isEqualTo(batch.ids()[at]);
                assertThat(part.targets()[slice.copied() + row]).isEqualTo(batch.targets()[at]);
            }
            rows += part.rows() - slice.copied();
        }
        assertThat(rows).isEqualTo(batch.rows());
    }

    @Test
    void anExpertsLoadCountsASharedRowOnce() {
        Model model = TestModels.random(TestModels.spec(12, TestModels.SIGMOID, 0, false), 47);
        try (ThreadTeam team = new ThreadTeam(1)) {
            ModelPass pass = new ModelPass(model, new Gemm(team));
            pass.forward(batch(List.of(new Group(6, 4, 4, 4)), true), true);
            assertThat(Arrays.stream(pass.expertLoad(1)).sum()).isEqualTo((6 + 12) * 3);
        }
    }

    @Test
    void mtpModulesNeedSequencesOfTheirOwn() {
        Model model = TestModels.random(TestModels.spec(12, TestModels.SIGMOID, 1, false), 47);
        TokenBatch batch = batch(List.of(new Group(6, 4, 4)), true);
        try (ThreadTeam team = new ThreadTeam(1)) {
            ModelPass pass = new ModelPass(model, new Gemm(team));
            assertThatThrownBy(() -> pass.crossEntropy(batch, 8, 0.3, 0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("goes on");
        }
    }
}
