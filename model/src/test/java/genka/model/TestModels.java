package genka.model;

import genka.catalog.AttentionSpec;
import genka.catalog.ModelSpec;
import genka.catalog.MoeSpec;
import genka.catalog.Recipe.InitSpec;
import genka.catalog.RopeSpec;
import genka.kernel.SeededRandom;
import genka.kernel.ThreadTeam;
import java.util.List;
import java.util.Optional;

/** Tiny models of every kind, with random weights. */
final class TestModels {
    private TestModels() {}

    static final MoeSpec SIGMOID = moe(MoeSpec.Scoring.SIGMOID, MoeSpec.Selection.NOAUX_TC, 1, 1, true, 2.5);
    static final MoeSpec SIGMOID_GROUPS = moe(MoeSpec.Scoring.SIGMOID, MoeSpec.Selection.NOAUX_TC, 4, 2, true, 2.5);
    static final MoeSpec SIGMOID_PLAIN = moe(MoeSpec.Scoring.SIGMOID, MoeSpec.Selection.NOAUX_TC, 1, 1, false, 1);
    static final MoeSpec SOFTMAX = moe(MoeSpec.Scoring.SOFTMAX, MoeSpec.Selection.GREEDY, 1, 1, true, 1);
    static final MoeSpec SOFTMAX_GROUPS =
            moe(MoeSpec.Scoring.SOFTMAX, MoeSpec.Selection.GROUP_LIMITED_GREEDY, 4, 2, false, 4);

    static MoeSpec moe(
            MoeSpec.Scoring scoring, MoeSpec.Selection selection, int groups, int kept, boolean normalised, double by) {
        return new MoeSpec(8, 3, 1, 10, 1, 1, scoring, selection, groups, kept, normalised, by);
    }

    static ModelSpec spec(int qLoraRank, MoeSpec moe, int mtpModules, boolean tied) {
        return new ModelSpec(
                "deepseek_v3",
                19,
                24,
                2,
                20,
                new AttentionSpec.Mla(3, qLoraRank, 14, 6, 4, 5),
                Optional.of(moe),
                mtpModules,
                1e-6,
                new RopeSpec.Plain(10000),
                tied,
                512,
                Optional.of(0),
                List.of(1),
                Optional.empty(),
                List.of());
    }

    /** Weights of std 0.7/√fan in; norms near 1; correction biases near 0. */
    static Model random(ModelSpec spec, long seed) {
        Model model = new Model(spec, Parameters.of(spec));
        try (ThreadTeam team = new ThreadTeam(1)) {
            WeightInit.fill(model, new InitSpec.WidthScaled(0.7, 0.5), seed, team);
        }
        SeededRandom random = SeededRandom.of(seed, 99);
        for (Parameters.Entry entry : model.parameters().entries()) {
            float[] values = entry.trainable()
                    ? model.parameters().values()
                    : model.parameters().buffers();
            for (int i = entry.offset();
                    i < entry.offset() + entry.size() && entry.shape().size() == 1;
                    i++) {
                values[i] += (float) (0.1 * random.nextGaussian());
            }
        }
        return model;
    }

    static float[] gaussian(int size, long seed) {
        SeededRandom random = SeededRandom.of(seed);
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    /** Sequences of the given lengths with random tokens; every row but each sequence's last predicts the next token. */
    static TokenBatch batch(int vocab, long seed, int... lengths) {
        SeededRandom random = SeededRandom.of(seed);
        int[] starts = new int[lengths.length + 1];
        for (int s = 0; s < lengths.length; s++) {
            starts[s + 1] = starts[s] + lengths[s];
        }
        int[] ids = new int[starts[lengths.length]];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = random.nextInt(vocab);
        }
        int[] targets = new int[ids.length];
        for (int s = 0; s < lengths.length; s++) {
            for (int i = starts[s]; i < starts[s + 1]; i++) {
                targets[i] = i + 1 < starts[s + 1] ? ids[i + 1] : -1;
            }
        }
        return new TokenBatch(lengths.length, starts, ids, targets);
    }
}
