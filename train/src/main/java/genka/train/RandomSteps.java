package genka.train;

import genka.catalog.ModelSpec;
import genka.catalog.OptimizerSpec;
import genka.catalog.Recipe;
import genka.kernel.Gemm;
import genka.kernel.SeededRandom;
import genka.kernel.ThreadTeam;
import genka.model.Model;
import genka.model.ModelPass;
import genka.model.Parameters;
import genka.model.TokenBatch;
import genka.model.WeightInit;
import java.util.List;

/** Whole training steps (forward, loss, backward, clipping, AdamW) of random weights on random tokens, for what they take, not for what they teach. */
final class RandomSteps {
    private static final int BATCHES = 8;
    private static final OptimizerSpec ADAM_W = OptimizerSpec.adamW(1e-4, 0.9, 0.95, 1e-8, 0.1, 1);

    private final int sequences;
    private final int length;
    private final ModelPass pass;
    private final Optimizer optimizer;
    private final TokenBatch[] batches = new TokenBatch[BATCHES];
    private long steps;

    /** @param length tokens of each of the {@code sequences} of a step, at least two */
    RandomSteps(ModelSpec spec, int sequences, int length, ThreadTeam team) {
        this.sequences = sequences;
        this.length = length;
        Model model = new Model(spec, Parameters.of(spec));
        WeightInit.fill(model, new Recipe.InitSpec.Normal(0.02), 1, team);
        this.pass = new ModelPass(model, new Gemm(team));
        this.optimizer = new Optimizer(ADAM_W, team, model.parameters(), List.of());
        SeededRandom random = SeededRandom.of(2);
        for (int i = 0; i < BATCHES; i++) {
            batches[i] = batch(random, spec.vocabSize());
        }
    }

    /** Sequences of independent tokens; each predicts the next, the last one nothing. */
    private TokenBatch batch(SeededRandom random, int vocab) {
        int[] starts = new int[sequences + 1];
        int[] ids = new int[tokens()];
        int[] targets = new int[ids.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = random.nextInt(vocab);
            starts[i / length + 1] = i + 1;
        }
        for (int i = 0; i < ids.length; i++) {
            targets[i] = i % length == length - 1 ? -1 : ids[i + 1];
        }
        return new TokenBatch(sequences, starts, ids, targets);
    }

    /** Of a step. */
    int tokens() {
        return sequences * length;
    }

    /** The mean loss of a step's predictions, in nats. */
    double step() {
        TokenBatch batch = batches[(int) (steps % BATCHES)];
        double counted = (double) tokens() - sequences;
        double loss = pass.crossEntropy(batch, counted, 0, 0).sum() / counted;
        optimizer.step(1);
        steps++;
        return loss;
    }
}
