package genka.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import genka.kernel.Gemm;
import genka.kernel.SeededRandom;
import genka.kernel.ThreadTeam;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rows that predict nothing may be left out of the last layer without a change of what is learnt. */
class PredictingRowsTest {
    private static final int VOCAB = 19;
    private static final int LAST = 1;

    /** @param sequences length of each, and how many of its first rows predict nothing */
    record Case(String name, int qLoraRank, int[]... sequences) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static final Case NOTHING = new Case("nothing predicted", 12, new int[][] {{9, 9}, {6, 6}});

    static Stream<Case> cases() {
        int[][] many = new int[60][];
        for (int s = 0; s < many.length; s++) {
            many[s] = new int[] {3 + s % 19, s % 4 == 3 ? 0 : (3 + s % 19) * (s % 4) / 3};
        }
        return Stream.of(
                new Case("some rows", 12, new int[][] {{9, 4}, {6, 0}, {5, 5}, {7, 6}}),
                new Case("queries without a latent", 0, new int[][] {{9, 4}, {6, 0}, {5, 5}, {7, 6}}),
                new Case("an empty sequence", 12, new int[][] {{0, 0}, {9, 8}, {0, 0}}),
                new Case("slices", 12, many),
                new Case("slices, queries without a latent", 0, many),
                new Case("longer than blocks and slabs", 12, new int[][] {{300, 37}, {290, 161}, {40, 40}}),
                new Case("long, queries without a latent", 0, new int[][] {{300, 37}, {290, 161}, {40, 40}}),
                NOTHING);
    }

    private static TokenBatch batch(Case c) {
        SeededRandom random = SeededRandom.of(47);
        int[] starts = new int[c.sequences.length + 1];
        for (int s = 0; s < c.sequences.length; s++) {
            starts[s + 1] = starts[s] + c.sequences[s][0];
        }
        int[] ids = new int[starts[c.sequences.length]];
        int[] targets = new int[ids.length];
        Arrays.setAll(ids, any -> random.nextInt(VOCAB));
        for (int s = 0; s < c.sequences.length; s++) {
            for (int row = starts[s]; row < starts[s + 1]; row++) {
                int place = row - starts[s] - c.sequences[s][1];
                targets[row] = place < 0 || place % 5 == 3 ? -1 : random.nextInt(VOCAB);
            }
        }
        return new TokenBatch(c.sequences.length, starts, ids, targets);
    }

    private record Learned(float[] logProb, float[] entropy, float[] gradients, List<long[]> loads) {}

    private static Learned learned(Case c, int threads, boolean inParts) {
        Model model = TestModels.random(TestModels.spec(c.qLoraRank, TestModels.SIGMOID, 0, false), 41);
        TokenBatch batch = batch(c);
        float[] weight = new float[batch.rows()];
        for (int row = 0; row < weight.length; row++) {
            weight[row] = (float) Math.sin(row);
        }
        float[] logProb = new float[batch.rows()];
        float[] entropy = new float[batch.rows()];
        try (ThreadTeam team = new ThreadTeam(threads)) {
            ModelPass pass = new ModelPass(model, new Gemm(team));
            if (inParts) {
                pass.forward(batch, true);
                pass.logProbs(logProb, entropy);
                pass.backward(weight);
            } else {
                pass.policyGradient(batch, 1, weight, logProb, entropy);
            }
            return new Learned(
                    logProb,
                    entropy,
                    model.parameters().gradients(),
                    List.of(pass.expertLoad(LAST).clone()));
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theyAreLearntFromAsIfAllWentThrough(Case c) {
        Learned all = learned(c, 2, true);
        Learned ends = learned(c, 2, false);
        for (int row = 0; row < all.logProb.length; row++) {
            assertThat(ends.logProb[row]).isCloseTo(all.logProb[row], within(2e-5f));
            assertThat(ends.entropy[row]).isCloseTo(all.entropy[row], within(2e-5f));
        }
        if (c.equals(NOTHING)) {
            assertThat(all.gradients).containsOnly(0);
            assertThat(ends.gradients).containsOnly(0);
        } else {
            GradCheck.assertClose(ends.gradients, all.gradients, 2e-5f);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void sameBitsAtAnyThreadCount(Case c) {
        Learned one = learned(c, 1, false);
        for (int threads = 2; threads <= 3; threads++) {
            Learned more = learned(c, threads, false);
            assertThat(more.gradients).isEqualTo(one.gradients);
            assertThat(more.logProb).isEqualTo(one.logProb);
        }
    }

    /** The last layer's experts get what the loss hangs on: rows from the first prediction of a sequence on. */
    @Test
    void lastExpertsGetNoneOfTheOthers() {
        Case c = cases().findFirst().orElseThrow();
        int chosen = TestModels.SIGMOID.expertsPerToken();
        assertThat(Arrays.stream(learned(c, 1, true).loads.getFirst()).sum()).isEqualTo(chosen * (9 + 6 + 5 + 7));
        assertThat(Arrays.stream(learned(c, 1, false).loads.getFirst()).sum()).isEqualTo(chosen * (5 + 6 + 0 + 1));
    }

    @Test
    void balanceCountsAllRows() {
        Case c = cases().findFirst().orElseThrow();
        Model model = TestModels.random(TestModels.spec(12, TestModels.SIGMOID, 0, false), 41);
        try (ThreadTeam team = new ThreadTeam(1)) {
            ModelPass pass = new ModelPass(model, new Gemm(team));
            pass.crossEntropy(batch(c), 12, 0, 0.1);
            int chosen = TestModels.SIGMOID.expertsPerToken();
            assertThat(Arrays.stream(pass.expertLoad(LAST)).sum()).isEqualTo(chosen * (9 + 6 + 5 + 7));
        }
    }
}
