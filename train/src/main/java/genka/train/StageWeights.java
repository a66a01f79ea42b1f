package genka.train;

import genka.catalog.StageSpec;
import genka.catalog.StageSpec.WeightSpec;
import genka.catalog.StageSpec.WeightSpec.End;
import genka.kernel.ThreadTeam;
import genka.model.Model;
import genka.model.ModelPass;
import genka.model.Parameters;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The weights of a stage under way: which of them learn, their average over the steps, the best so far, and which of these stay. */
final class StageWeights {
    private static final String FIRST_MOMENT = "m";
    private static final String SECOND_MOMENT = "v";
    private static final String AVERAGE = "average";
    private static final String BEST = "best";
    private static final String BEST_BUFFERS = "best_buffers";
    private final WeightSpec spec;
    private final Parameters parameters;
    private final FrozenParameters frozen;
    private final Optimizer optimizer;
    private final ModelPass pass;
    private final @Nullable WeightAverage average;
    private float[] best = {};
    private float[] bestBuffers = {};

    /**
     * Everything as before the stage's first step.
     *
     * @param pass over that model, in the stage's precision
     */
    StageWeights(StageSpec.Training stage, Model model, ModelPass pass, ThreadTeam team) {
        this.spec = stage.weights();
        this.parameters = model.parameters();
        this.pass = pass;
        this.frozen = FrozenParameters.of(
                stage.name(),
                spec.freeze(),
                parameters.entries().stream().map(Parameters.Entry::name).toList());
        this.optimizer = new Optimizer(stage.optimizer(), team, parameters, frozen.ranges(parameters));
        this.average = spec.ema() > 0 ? new WeightAverage(spec.ema(), parameters.values()) : null;
        if (average != null) {
            optimizer.averageInto(average);
        }
    }

    Optimizer optimizer() {
        return optimizer;
    }

    /** What the stage trains with. */
    ModelPass pass() {
        return pass;
    }

    /** Moves the correction biases of the routers that are not frozen. */
    void updateRouterBias(double gamma) {
        if (gamma > 0) {
            pass.updateRouterBias(gamma, frozen::learns);
        }
    }

    /** Whether the average is what stays. */
    boolean keepsAverage() {
        return spec.endWith() == End.EMA;
    }

    boolean keepsBest() {
        return spec.endWith() == End.BEST;
    }

    boolean averages() {
        return average != null;
    }

    /** What {@code measure} says of the average, which stands in for the live weights meanwhile. */
    Optional<Evaluation> ofAverage(Supplier<Optional<Evaluation>> measure) {
        WeightAverage standIn = Objects.requireNonNull(average);
        standIn.exchange();
        Optional<Evaluation> evaluation = measure.get();
        standIn.exchange();
        return evaluation;
    }

    /** Remembers the live weights, or their average, as the best. */
    void remember(boolean ofAverage) {
        best = (ofAverage && average != null ? average.array() : parameters.values()).clone();
        bestBuffers = parameters.buffers().clone();
    }

    /** Ends the stage: the live weights become those that stay. */
    void settle() {
        switch (spec.endWith()) {
            case LAST -> {}
            case EMA -> copy(Objects.requireNonNull(average).array(), parameters.values());
            case BEST -> {
                if (best.length > 0) {
                    copy(best, parameters.values());
                    copy(bestBuffers, parameters.buffers());
                }
            }
        }
    }

    /** What a checkpoint needs beside the live weights. */
    Map<String, float[]> arrays() {
        Map<String, float[]> arrays = new LinkedHashMap<>();
        arrays.put(FIRST_MOMENT, optimizer.firstMoment());
        arrays.put(SECOND_MOMENT, optimizer.secondMoment());
        if (average != null) {
            arrays.put(AVERAGE, average.array());
        }
        if (best.length > 0) {
            arrays.put(BEST, best);
            arrays.put(BEST_BUFFERS, bestBuffers);
        }
        return arrays;
    }

    void restore(Checkpoint checkpoint) {
        Map<String, float[]> arrays = checkpoint.arrays();
        if (average != null) {
            array(arrays, AVERAGE).ifPresent(from -> copy(from, average.array()));
        }
        array(arrays, BEST).ifPresent(from -> best = from);
        array(arrays, BEST_BUFFERS).ifPresent(from -> bestBuffers = from);
        optimizer.restore(
                array(arrays, FIRST_MOMENT).orElseThrow(),
                array(arrays, SECOND_MOMENT).orElseThrow(),
                checkpoint.header().optimizerSteps(),
                checkpoint.header().skippedSteps());
    }

    private static Optional<float[]> array(Map<String, float[]> arrays, String name) {
        return Optional.ofNullable(arrays.get(name));
    }

    private static void copy(float[] from, float[] to) {
        System.arraycopy(from, 0, to, 0, from.length);
    }
}
