package genka.train;

import genka.books.UseClock;
import genka.catalog.StageSpec;
import genka.catalog.StageSpec.WeightSpec.Precision;
import genka.generate.Generator;
import genka.kernel.Gemm;
import genka.model.Model;
import genka.model.ModelPass;
import genka.model.Tokenizer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** What all stages of a run work with: one model, and what passes through it. Not thread-safe. */
final class Workbench {
    final Model model;
    final Gemm gemm;
    final ModelPass pass;
    final Generator generator;
    final Tokenizer tokenizer;
    final UseClock clock;
    final RunEvents events;
    final long seed;

    /** Told of answers that evaluations generated; a step reports those of its rollouts itself. */
    final LongConsumer evaluated;

    private @Nullable ModelPass fp8;

    Workbench(
            Model model,
            Gemm gemm,
            Tokenizer tokenizer,
            UseClock clock,
            RunEvents events,
            long seed,
            LongConsumer evaluated) {
        this.model = model;
        this.gemm = gemm;
        this.pass = new ModelPass(model, gemm);
        this.generator = new Generator(model, gemm);
        this.tokenizer = tokenizer;
        this.clock = clock;
        this.events = events;
        this.seed = seed;
        this.evaluated = evaluated;
    }

    /** The weights of a stage that is about to train the model. */
    StageWeights weights(StageSpec.Training stage) {
        return new StageWeights(stage, model, training(stage.weights().precision()), gemm.team());
    }

    /** The pass that trains at that precision; {@link #pass} measures, whatever the precision. */
    private ModelPass training(Precision precision) {
        return switch (precision) {
            case FLOAT -> pass;
            case FP8_SIM -> {
                if (fp8 == null) {
                    fp8 = new ModelPass(
                            new Model(model.spec(), model.parameters().simulatingFp8()), gemm);
                }
                yield fp8;
            }
        };
    }
}
