package genka.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import genka.kernel.SeededRandom;
import genka.model.SafeTensors;
import genka.testkit.Golden;
import genka.units.GenkaException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SamplerTest {
    private static final int[] NONE = {};

    /** Settings of fixture sampling in its order; 0, 0, 1, 0, 1 stand for "not set". */
    @ParameterizedTest
    @CsvSource({
        "0, 0.6, 0, 1, 0, 1",
        "1, 1.7, 0, 1, 0, 1",
        "2, 1, 1, 1, 0, 1",
        "3, 1, 5, 1, 0, 1",
        "4, 1, 100, 1, 0, 1",
        "5, 1, 0, 0.1, 0, 1",
        "6, 1, 0, 0.5, 0, 1",
        "7, 1, 0, 0.95, 0, 1",
        "8, 1, 0, 1, 0.05, 1",
        "9, 1, 0, 1, 0.5, 1",
        "10, 1, 0, 1, 0, 1.3",
        "11, 1, 0, 1, 0, 0.8",
        "12, 0.6, 0, 0.95, 0, 1",
        "13, 0.7, 20, 0.8, 0, 1",
        "14, 1.5, 0, 1, 0.1, 1",
        "15, 0.8, 10, 0.9, 0.02, 1.1",
    })
    void probabilitiesEqualTransformers(
            int setting, double temperature, int topK, double topP, double minP, double penalty) {
        try (SafeTensors golden = SafeTensors.open(Golden.path("sampling/expected.safetensors"))) {
            float[] logits = golden.floats("logits");
            int[] history = golden.ints("history");
            float[] expected = golden.floats("probs." + setting);
            Sampler sampler = new Sampler(new Sampling(temperature, topK, topP, minP, penalty), 48);
            float[] actual = new float[48];
            for (int row = 0; row < 4; row++) {
                sampler.probabilities(logits, row * 48, history, row * 9, row * 9 + 9, actual);
                for (int i = 0; i < 48; i++) {
                    float want = expected[row * 48 + i];
                    assertThat(actual[i]).as("row %d token %d", row, i).isCloseTo(want, within(1e-6f));
                    assertThat(actual[i] == 0)
                            .as("row %d token %d dropped", row, i)
                            .isEqualTo(want == 0);
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 0, 1, 0, 1", "0.7, 0, 1, 0, 1", "0.7, 4, 0.9, 0.05, 1", "1.5, 0, 1, 0.1, 1.2", "1, 3, 1, 0, 1"})
    void drawsFollowTheProbabilities(double temperature, int topK, double topP, double minP, double penalty) {
        int vocab = 9;
        float[] logits = logits(3, vocab);
        int[] history = {2, 5, 2};
        Sampler sampler = new Sampler(new Sampling(temperature, topK, topP, minP, penalty), vocab);
        float[] expected = new float[vocab];
        sampler.probabilities(logits, 0, history, 0, 3, expected);
        float[] share = new float[vocab];
        int draws = 20_000;
        for (int i = 0; i < draws; i++) {
            share[sampler.sample(logits, 0, history, 0, 3, (i + 0.5) / draws)] += 1f / draws;
        }
        for (int i = 0; i < vocab; i++) {
            assertThat(share[i]).as("token %d", i).isCloseTo(expected[i], within(2e-4f));
        }
    }

    @Test
    void greedyTiesGoToTheLowestId() {
        float[] logits = {0, 1, 5, 5, 2, 5};
        assertThat(new Sampler(Sampling.GREEDY, 6).sample(logits, 0, NONE, 0, 0, 0.99))
                .isEqualTo(2);
        assertThat(new Sampler(new Sampling(1, 1, 1, 0, 1), 6).sample(logits, 0, NONE, 0, 0, 0))
                .isEqualTo(2);
    }

    @Test
    void tokensThatTieWithTheLastOfTopKStay() {
        float[] probabilities = new float[6];
        new Sampler(new Sampling(1, 2, 1, 0, 1), 6)
                .probabilities(new float[] {0, 1, 5, 4, 4, 3}, 0, NONE, 0, 0, probabilities);
        assertThat(probabilities[3]).isPositive().isEqualTo(probabilities[4]);
        assertThat(probabilities[5]).isZero();
    }

    /** Of four equal tokens two reach a half; those as likely as min-p asks are not less likely. */
    @Test
    void limitsThatAreMetExactlyAreMet() {
        float[] probabilities = new float[4];
        new Sampler(new Sampling(1, 0, 0.5, 0, 1), 4)
                .probabilities(new float[] {3, 3, 3, 3}, 0, NONE, 0, 0, probabilities);
        assertThat(probabilities).containsExactly(0.5f, 0.5f, 0, 0);
        new Sampler(new Sampling(1, 0, 1, 1, 1), 4)
                .probabilities(new float[] {1, 2, 0, 2}, 0, NONE, 0, 0, probabilities);
        assertThat(probabilities).containsExactly(0, 0.5f, 0, 0.5f);
    }

    /** Each of two equal tokens has its half of [0, 1), the upper end not included. */
    @ParameterizedTest
    @CsvSource({"0, 0", "0.4999999, 0", "0.5, 1", "0.9999999, 1"})
    void aTokenIsDrawnWithinItsShare(double uniform, int token) {
        float[] logits = {2, 2};
        assertThat(new Sampler(Sampling.temperature(1), 2).sample(logits, 0, NONE, 0, 0, uniform))
                .isEqualTo(token);
        assertThat(new Sampler(new Sampling(1, 2, 1, 0.5, 1), 2).sample(logits, 0, NONE, 0, 0, uniform))
                .isEqualTo(token);
    }

    @Test
    void penaltyComesBeforeGreedy() {
        float[] logits = {3, 2.9f};
        Sampler sampler = new Sampler(new Sampling(0, 0, 1, 0, 1.5), 2);
        assertThat(sampler.sample(logits, 0, new int[] {0}, 0, 1, 0)).isEqualTo(1);
        assertThat(sampler.sample(logits, 0, new int[] {0}, 0, 0, 0)).isZero();
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 1, 0, 1", "1, 0, 1, 0, 1", "0.5, 0, 1, 0, 1", "0.5, 3, 0.9, 0.1, 1.3"})
    void logProbIsTheModelsAtThatTemperature(double temperature, int topK, double topP, double minP, double penalty) {
        int vocab = 17;
        float[] logits = logits(5, 2 * vocab);
        float[] before = logits.clone();
        Sampler sampler = new Sampler(new Sampling(temperature, topK, topP, minP, penalty), vocab);
        for (int i = 0; i < 50; i++) {
            int token = sampler.sample(logits, vocab, new int[] {1, 4}, 0, 2, i / 50.0);
            double divisor = temperature == 0 ? 1 : temperature;
            double sum = 0;
            for (int j = 0; j < vocab; j++) {
                sum += Math.exp(logits[vocab + j] / divisor);
            }
            float expected = (float) (logits[vocab + token] / divisor - Math.log(sum));
            assertThat(sampler.logProb()).isCloseTo(expected, within(3e-6f));
        }
        assertThat(logits).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 65, 1000})
    void rankingOrdersAnyVocabulary(int vocab) {
        float[] logits = logits(vocab, vocab);
        Ranking ranking = new Ranking(vocab);
        int kept = ranking.keep(logits.clone(), vocab, new Sampling(1, vocab, 1, 1e-30, 1));
        Integer[] order = new Integer[vocab];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, (a, b) -> Float.compare(logits[b], logits[a]));
        assertThat(kept).isEqualTo(vocab);
        for (int i = 0; i < vocab; i++) {
            assertThat(ranking.id(i)).isEqualTo(order[i]);
        }
    }

    @Test
    void uniformIsTheFirstOfItsStream() {
        assertThat(SeededRandom.uniform(7, 1, 2, 3))
                .isEqualTo(SeededRandom.of(7, 1, 2, 3).nextDouble());
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 1, 0, 1", "1, 0, 1, 0, 1", "0.5, 0, 0.9, 0, 1"})
    void logitsThatAreNotFiniteAreRefused(double temperature, int topK, double topP, double minP, double penalty) {
        Sampler sampler = new Sampler(new Sampling(temperature, topK, topP, minP, penalty), 3);
        assertThatThrownBy(() -> sampler.sample(new float[] {1, Float.NaN, 2}, 0, NONE, 0, 0, 0.5))
                .isInstanceOf(GenkaException.class)
                .hasMessageContaining("not finite");
    }

    @ParameterizedTest
    @CsvSource({
        "-1, 0, 1, 0, 1",
        "1e-300, 0, 1, 0, 1",
        "1e300, 0, 1, 0, 1",
        "NaN, 0, 1, 0, 1",
        "1, -1, 1, 0, 1",
        "1, 0, 0, 0, 1",
        "1, 0, 1, 1.5, 1",
        "1, 0, 1, 0, 0"
    })
    void settingsOutOfRangeAreRefused(double temperature, int topK, double topP, double minP, double penalty) {
        assertThatThrownBy(() -> new Sampling(temperature, topK, topP, minP, penalty))
                .isInstanceOf(GenkaException.class)
                .hasMessageContaining("Maybe");
    }

    private static float[] logits(long seed, int n) {
        SeededRandom random = SeededRandom.of(seed);
        float[] logits = new float[n];
        for (int i = 0; i < n; i++) {
            logits[i] = (float) (2 * random.nextGaussian());
        }
        return logits;
    }
}
