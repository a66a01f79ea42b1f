package genka.plan;

import genka.catalog.Transformer;
import genka.units.GenkaException;

/**
 * A training step: which model, where, how spread, how much.
 *
 * @param sequence tokens of a sequence
 * @param globalBatch sequences of a step
 */
public record Job(Transformer model, Cluster cluster, Strategy strategy, Stack stack, int sequence, long globalBatch)
        implements Task {
    public Job {
        if (sequence <= 0) {
            throw GenkaException.user("sequence_length (" + sequence + ") must be positive");
        }
        if (globalBatch <= 0) {
            throw GenkaException.user("batch (" + globalBatch + ") must be positive");
        }
        if (strategy.accelerators() != cluster.accelerators()) {
            throw GenkaException.user("tensor x pipeline x context x data (" + strategy.accelerators()
                    + ") must be the number of accelerators (" + cluster.accelerators() + ")");
        }
    }

    @Override
    public String family() {
        return stack.calibration();
    }

    Job with(Strategy other) {
        return new Job(model, cluster, other, stack, sequence, globalBatch);
    }

    /** Micro-batches a rank works through in a step; a last one that is not full counts whole. */
    public double microBatches() {
        return Math.max(1, Math.ceil((double) globalBatch / ((double) strategy.data() * strategy.microBatch()) - 1e-9));
    }

    public double tokensPerStep() {
        return (double) globalBatch * sequence;
    }

    public double tokensPerSecondPerAccelerator(double stepSeconds) {
        return tokensPerStep() / stepSeconds / cluster.accelerators();
    }
}
