package genka.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import genka.catalog.OptimizerSpec;
import genka.catalog.Recipe;
import genka.kernel.Gemm;
import genka.kernel.ThreadTeam;
import genka.model.Model;
import genka.model.ModelPass;
import genka.model.Parameters;
import genka.model.TokenBatch;
import genka.model.WeightInit;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A training step works in arrays it has: once the compilers have done their work nothing is allocated, by any thread. Until then vectors
 * are objects, so the test waits for them; half a minute on an idle machine.
 */
@Tag("long")
class StepAllocationTest {
    private static final int VOCAB = 24;
    private static final int SEQUENCES = 8;
    private static final int LENGTH = 40;
    private static final int STEPS = 10;
    /** What a window of steps may allocate: the step's result, and what the JVM's own threads now and then do. */
    private static final long NOTHING = STEPS * 512L;

    private static final long PATIENCE_NANOS = 300_000_000_000L;

    @Test
    void aWarmTrainingStepAllocatesNothing() {
        TokenBatch batch = batch();
        assertWarmStepsAllocateNothing(pass -> pass.crossEntropy(batch, SEQUENCES * (LENGTH - 1), 0.3, 1e-4));
    }

    /** Each group of four is cut: its prompt is copied to a second slice. */
    @Test
    void aWarmPolicyGradientOfSharedPromptsAllocatesNothing() {
        TokenBatch own = batch();
        boolean[] goesOn = new boolean[SEQUENCES];
        for (int s = 0; s < SEQUENCES; s++) {
            goesOn[s] = s % 4 > 0;
        }
        TokenBatch shared = new TokenBatch(SEQUENCES, own.starts(), own.ids(), own.targets(), goesOn);
        float[] weight = new float[shared.rows()];
        Arrays.fill(weight, 1e-3f);
        float[] logProb = new float[weight.length];
        float[] entropy = new float[weight.length];
        assertWarmStepsAllocateNothing(pass -> pass.policyGradient(shared, 0.9, weight, logProb, entropy));
    }

    @Test
    void aWarmStepOfMuonAllocatesNothing() {
        TokenBatch batch = batch();
        var muon = new OptimizerSpec(1e-3, 0.9, 0.95, 1e-8, 0.1, 1, Optional.of(new OptimizerSpec.Muon(0.95, 5)));
        assertWarmStepsAllocateNothing(muon, pass -> pass.crossEntropy(batch, SEQUENCES * (LENGTH - 1), 0, 0));
    }

    private static void assertWarmStepsAllocateNothing(Consumer<ModelPass> gradient) {
        assertWarmStepsAllocateNothing(OptimizerSpec.adamW(1e-3, 0.9, 0.95, 1e-8, 0.1, 1), gradient);
    }

    private static void assertWarmStepsAllocateNothing(OptimizerSpec spec, Consumer<ModelPass> gradient) {
        var model = new Model(Tiny.model(LENGTH, VOCAB), Parameters.of(Tiny.model(LENGTH, VOCAB)));
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (ThreadTeam team = new ThreadTeam(2)) {
            WeightInit.fill(model, new Recipe.InitSpec.Normal(0.1), 1, team);
            ModelPass pass = new ModelPass(model, new Gemm(team));
            Optimizer optimizer = new Optimizer(spec, team, model.parameters(), List.of());
            long least = Long.MAX_VALUE;
            long end = System.nanoTime() + PATIENCE_NANOS;
            while (least > NOTHING && System.nanoTime() < end) {
                long before = threads.getTotalThreadAllocatedBytes();
                for (int i = 0; i < STEPS; i++) {
                    gradient.accept(pass);
                    optimizer.step(1);
                }
                least = Math.min(least, threads.getTotalThreadAllocatedBytes() - before);
            }
            assertThat(least).as("bytes that %s warm steps allocate", STEPS).isLessThanOrEqualTo(NOTHING);
        }
    }

    private static TokenBatch batch() {
        int[] starts = new int[SEQUENCES + 1];
        int[] ids = new int[SEQUENCES * LENGTH];
        Arrays.setAll(starts, i -> i * LENGTH);
        Arrays.setAll(ids, i -> (i * 7 + i / LENGTH) % VOCAB);
        int[] targets = new int[ids.length];
        Arrays.setAll(targets, i -> i % LENGTH == LENGTH - 1 ? -1 : ids[i + 1]);
        return new TokenBatch(SEQUENCES, starts, ids, targets);
    }
}
