package genka.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import genka.catalog.ModelConfig;
import genka.kernel.Gemm;
import genka.kernel.SeededRandom;
import genka.kernel.ThreadTeam;
import genka.model.Model;
import genka.model.ModelPass;
import genka.model.Parameters;
import genka.model.SafeTensors;
import genka.model.TokenBatch;
import genka.testkit.Golden;
import genka.units.GenkaException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GeneratorTest {
    private static final int END = 1;
    private static final Sampling PLAIN = Sampling.temperature(1);

    private final Model model = golden("v3_tiny");
    private ThreadTeam team = new ThreadTeam(1);

    @BeforeEach
    void freshTeam() {
        team = new ThreadTeam(2);
    }

    @AfterEach
    void closeTeam() {
        team.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"v3_tiny", "v3_groups_yarn", "v3_no_qlora", "v2_lite", "v2_grouped"})
    void greedyAnswersEqualTransformers(String name) {
        try (SafeTensors expected = SafeTensors.open(Golden.path(name + "/expected.safetensors"))) {
            List<Completion> answers = new Generator(golden(name), new Gemm(team))
                    .generate(List.of(expected.ints("prompt_ids")), 2, 24, Sampling.GREEDY, END, 0);
            assertThat(answers).hasSize(2);
            for (Completion answer : answers) {
                assertThat(answer.ids()).isEqualTo(expected.ints("greedy_ids"));
                assertThat(answer.truncated()).isTrue();
            }
        }
    }

    @Test
    void greedyIsTheArgmaxOfTheFullForward() {
        int[] prompt = {5, 9, 2};
        Completion answer = generator()
                .generate(List.of(prompt), 1, 12, Sampling.GREEDY, -1, 0)
                .getFirst();
        int vocab = model.spec().vocabSize();
        ModelPass pass = forward(prompt, answer);
        for (int i = 0; i < answer.ids().length; i++) {
            int row = (prompt.length - 1 + i) * vocab;
            int best = 0;
            for (int id = 1; id < vocab; id++) {
                best = pass.logits()[row + id] > pass.logits()[row + best] ? id : best;
            }
            assertThat(answer.ids()[i]).isEqualTo(best);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 0.7})
    void logProbsEqualThoseOfTheFullForward(double temperature) {
        int[] prompt = {5, 9, 2};
        Completion answer = generator()
                .generate(List.of(prompt), 1, 12, Sampling.temperature(temperature), -1, 3)
                .getFirst();
        ModelPass pass = forward(prompt, answer);
        float[] logProb = new float[prompt.length + answer.ids().length];
        pass.temper(temperature);
        pass.logProbs(logProb, new float[logProb.length]);
        for (int i = 0; i < answer.ids().length; i++) {
            assertThat(answer.logProbs()[i]).isCloseTo(logProb[prompt.length - 1 + i], within(5e-5f));
        }
    }

    /** The uniform number of seed, prompt, sample and position, in the model's own distribution: so runs are what they were. */
    @Test
    void aDrawIsThatOfItsSeedPromptSampleAndPosition() {
        List<int[]> prompts = prompts(3);
        List<Completion> answers = generator().generate(prompts, 2, 10, PLAIN, -1, 7);
        int vocab = model.spec().vocabSize();
        Sampler sampler = new Sampler(PLAIN, vocab);
        for (int s = 0; s < answers.size(); s++) {
            int[] prompt = prompts.get(s / 2);
            ModelPass pass = forward(prompt, answers.get(s));
            for (int i = 0; i < 10; i++) {
                int row = (prompt.length - 1 + i) * vocab;
                double uniform = SeededRandom.of(7, s / 2, s % 2, i).nextDouble();
                assertThat(answers.get(s).ids()[i])
                        .isEqualTo(sampler.sample(pass.logits(), row, prompt, 0, 0, uniform));
            }
        }
    }

    @Test
    void aRepetitionPenaltyLooksAtThePromptAndTheAnswerSoFar() {
        int[] prompt = {5, 9, 2};
        Sampling penalised = new Sampling(0, 0, 1, 0, 2);
        Completion answer =
                generator().generate(List.of(prompt), 1, 12, penalised, -1, 0).getFirst();
        int vocab = model.spec().vocabSize();
        int[] history = Arrays.copyOf(prompt, prompt.length + 12);
        System.arraycopy(answer.ids(), 0, history, prompt.length, 12);
        ModelPass pass = forward(prompt, answer);
        int[] expected = new int[12];
        int[] byPromptAlone = new int[12];
        for (int i = 0; i < 12; i++) {
            int at = prompt.length + i;
            Sampler sampler = new Sampler(penalised, vocab);
            expected[i] = sampler.sample(pass.logits(), (at - 1) * vocab, history, 0, at, 0);
            byPromptAlone[i] = sampler.sample(pass.logits(), (at - 1) * vocab, history, 0, prompt.length, 0);
        }
        assertThat(answer.ids()).isEqualTo(expected).isNotEqualTo(byPromptAlone);
    }

    /** As in training, where one generator samples at a temperature and is measured greedily. */
    @Test
    void anotherWayOfSamplingTakesEffect() {
        Generator generator = generator();
        List<int[]> prompts = prompts(3);
        for (Sampling sampling : List.of(PLAIN, Sampling.GREEDY, new Sampling(0.7, 4, 0.9, 0, 1.2), PLAIN)) {
            same(
                    generator.generate(prompts, 2, 12, sampling, END, 5),
                    generator().generate(prompts, 2, 12, sampling, END, 5),
                    0);
        }
    }

    @Test
    void threadsDoNotChangeABit() {
        List<int[]> prompts = prompts(5);
        List<Completion> two = generator().generate(prompts, 3, 16, PLAIN, END, 7);
        try (ThreadTeam one = new ThreadTeam(1)) {
            same(new Generator(model, new Gemm(one)).generate(prompts, 3, 16, PLAIN, END, 7), two, 0);
        }
    }

    @Test
    void wavesAndChunksDoNotChangeAnswers() {
        List<int[]> prompts = prompts(7);
        List<Completion> whole = generator().generate(prompts, 3, 16, PLAIN, END, 7);
        same(new Generator(model, new Gemm(team), 6, 4096).generate(prompts, 3, 16, PLAIN, END, 7), whole, 5e-5);
        same(new Generator(model, new Gemm(team), 1024, 8).generate(prompts, 3, 16, PLAIN, END, 7), whole, 5e-5);
    }

    @Test
    void aPromptAnswersAloneAsItDoesInABatch() {
        List<int[]> prompts = prompts(6);
        List<Completion> together = generator().generate(prompts, 1, 16, Sampling.GREEDY, END, 0);
        Generator generator = generator();
        for (int p = 0; p < prompts.size(); p++) {
            same(
                    generator.generate(List.of(prompts.get(p)), 1, 16, Sampling.GREEDY, END, 0),
                    together.subList(p, p + 1),
                    5e-5);
        }
    }

    @Test
    void sequencesStopAtTheEndTokenOrAreTruncated() {
        Model few = golden("v3_tiny");
        List<Completion> answers =
                new Generator(few, new Gemm(team)).generate(prompts(8), 8, 24, Sampling.temperature(3), END, 11);
        int ended = 0;
        for (Completion answer : answers) {
            int[] ids = answer.ids();
            assertThat(answer.logProbs()).hasSameSizeAs(ids);
            for (int i = 0; i < ids.length - 1; i++) {
                assertThat(ids[i]).isNotEqualTo(END);
            }
            boolean atEnd = ids[ids.length - 1] == END;
            assertThat(answer.truncated()).isEqualTo(!atEnd);
            assertThat(atEnd || ids.length == 24).isTrue();
            ended += atEnd ? 1 : 0;
        }
        assertThat(ended).isBetween(1, answers.size() - 1);
    }

    @Test
    void samplesOfAPromptDifferAndSeedsRepeat() {
        Generator generator = generator();
        List<Completion> first = generator.generate(prompts(2), 4, 12, PLAIN, END, 5);
        assertThat(first.get(0).ids()).isNotEqualTo(first.get(1).ids());
        generator.generate(prompts(9), 5, 20, PLAIN, END, 6);
        same(generator.generate(prompts(2), 4, 12, PLAIN, END, 5), first, 0);
        assertThat(generator.generate(prompts(2), 4, 12, PLAIN, END, 6).get(0).ids())
                .isNotEqualTo(first.get(0).ids());
    }

    @Test
    void changedWeightsChangeTheNextAnswers() {
        Generator generator = generator();
        List<Completion> before = generator.generate(prompts(2), 1, 8, Sampling.GREEDY, END, 0);
        SeededRandom random = SeededRandom.of(1);
        float[] values = model.parameters().values();
        for (int i = 0; i < values.length; i++) {
            values[i] += (float) (0.3 * random.nextGaussian());
        }
        List<Completion> after = generator.generate(prompts(2), 1, 8, Sampling.GREEDY, END, 0);
        assertThat(after.get(0).ids()).isNotEqualTo(before.get(0).ids());
        same(after, generator().generate(prompts(2), 1, 8, Sampling.GREEDY, END, 0), 0);
    }

    @Test
    void aStreamTellsTheSameTokens() {
        List<Integer> told = new ArrayList<>();
        int[] prompt = prompts(1).getFirst();
        Completion streamed = generator().stream(prompt, 15, PLAIN, END, 2, told::add);
        assertThat(told)
                .containsExactlyElementsOf(Arrays.stream(streamed.ids()).boxed().toList());
        same(List.of(streamed), generator().generate(List.of(prompt), 1, 15, PLAIN, END, 2), 0);
    }

    @Test
    void promptsThatCannotRunAreRefused() {
        Generator generator = generator();
        assertThat(generator.generate(List.of(), 2, 4, PLAIN, END, 0)).isEmpty();
        refused(generator, new int[0], 4, "empty");
        refused(generator, new int[] {1, model.spec().vocabSize()}, 4, "vocabulary");
        refused(generator, new int[] {1}, model.spec().maxPositions(), "max_position_embeddings");
        refused(generator, new int[] {1}, 0, "positive");
    }

    private static void refused(Generator generator, int[] prompt, int maxNewTokens, String why) {
        assertThatThrownBy(() -> generator.generate(List.of(prompt), 1, maxNewTokens, PLAIN, END, 0))
                .isInstanceOf(GenkaException.class)
                .hasMessageContaining(why)
                .hasMessageContaining("Maybe");
    }

    private static void same(List<Completion> actual, List<Completion> expected, double tolerance) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < actual.size(); i++) {
            assertThat(actual.get(i).ids())
                    .as("answer %d", i)
                    .isEqualTo(expected.get(i).ids());
            assertThat(actual.get(i).logProbs())
                    .as("answer %d", i)
                    .containsExactly(expected.get(i).logProbs(), within((float) tolerance));
            assertThat(actual.get(i).truncated()).isEqualTo(expected.get(i).truncated());
        }
    }

    private Generator generator() {
        return new Generator(model, new Gemm(team));
    }

    private ModelPass forward(int[] prompt, Completion answer) {
        int rows = prompt.length + answer.ids().length;
        int[] ids = Arrays.copyOf(prompt, rows);
        System.arraycopy(answer.ids(), 0, ids, prompt.length, answer.ids().length);
        int[] targets = new int[rows];
        System.arraycopy(ids, 1, targets, 0, rows - 1);
        targets[rows - 1] = -1;
        ModelPass pass = new ModelPass(model, new Gemm(team));
        pass.forward(new TokenBatch(1, new int[] {0, rows}, ids, targets), false);
        return pass;
    }

    /** Prompts of 1 to 6 tokens. */
    private List<int[]> prompts(int count) {
        SeededRandom random = SeededRandom.of(99);
        List<int[]> prompts = new ArrayList<>();
        for (int p = 0; p < count; p++) {
            int[] prompt = new int[1 + p % 6];
            for (int i = 0; i < prompt.length; i++) {
                prompt[i] = 2 + random.nextInt(model.spec().vocabSize() - 2);
            }
            prompts.add(prompt);
        }
        return prompts;
    }

    private static Model golden(String name) {
        Model model = empty(name);
        try (SafeTensors weights = SafeTensors.open(Golden.path(name + "/model.safetensors"))) {
            Parameters parameters = model.parameters();
            for (Parameters.Entry entry : parameters.entries()) {
                float[] into = entry.trainable() ? parameters.values() : parameters.buffers();
                weights.floats(entry.name(), into, entry.offset());
            }
        }
        return model;
    }

    private static Model empty(String name) {
        var spec = ModelConfig.read(Golden.path(name + "/config.json"));
        return new Model(spec, Parameters.of(spec));
    }
}
