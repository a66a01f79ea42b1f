package genka.train;

import genka.catalog.AttentionSpec;
import genka.catalog.ModelSpec;
import genka.catalog.MoeSpec;
import genka.catalog.RopeSpec;
import genka.kernel.ThreadTeam;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Trains a toy on a thread of its own while the first run of a process prepares. A kernel that is not compiled yet is hundreds of times
 * slower, so a first step waits for the compiler; after a rehearsal most kernels are ready by then. What the toy learns is thrown away.
 */
final class Rehearsal {
    /** Until most of what a step calls is compiled; the run itself shows the compiler the rest. */
    private static final int STEPS = 30;

    private static final int TOKENS = 42;

    private static final AtomicBoolean BEGUN = new AtomicBoolean();

    private Rehearsal() {}

    /** Once in a process, and not where it would take the only core. */
    static void begin() {
        if (Runtime.getRuntime().availableProcessors() > 1 && BEGUN.compareAndSet(false, true)) {
            Thread.ofPlatform()
                    .daemon()
                    .name("genka-rehearsal")
                    .uncaughtExceptionHandler((_, _) -> {}) // a fault of a kernel is the run's to report
                    .start(Rehearsal::train);
        }
    }

    static void train() {
        try (ThreadTeam team = new ThreadTeam(1)) {
            RandomSteps toy = new RandomSteps(toy(), 1, TOKENS, team);
            for (int step = 0; step < STEPS; step++) {
                toy.step();
            }
        }
    }

    /**
     * A dense layer and one of experts. As wide as the smallest models people train: the compiler makes kernels for the lengths it has seen,
     * and after a toy of half the width they are a fifth slower.
     */
    private static ModelSpec toy() {
        return new ModelSpec(
                "deepseek_v3",
                40,
                64,
                2,
                112,
                new AttentionSpec.Mla(2, 56, 32, 8, 24, 24),
                Optional.of(new MoeSpec(
                        2, 1, 1, 64, 1, 1, MoeSpec.Scoring.SIGMOID, MoeSpec.Selection.NOAUX_TC, 1, 1, true, 1)),
                0,
                1e-6,
                new RopeSpec.Plain(10000),
                false,
                TOKENS,
                Optional.empty(),
                List.of(1),
                Optional.of(0),
                List.of());
    }
}
