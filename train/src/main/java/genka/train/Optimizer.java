package genka.train;

import genka.catalog.StageSpec.OptimizerSpec;
import genka.kernel.AdamWStep;
import genka.kernel.ThreadTeam;
import genka.kernel.Vectors;
import java.util.Arrays;

/**
 * AdamW (Loshchilov and Hutter 2019, arXiv 1711.05101) over flat arrays, all tensors alike: gradients times
 * {@code min(1, c / (norm + 1e-6))} with one norm over everything, then {@code p -= η λ p}, then {@code p -= η m̂ / (√v̂ + ε)}. A
 * gradient that is not finite changes nothing but is counted. Gradients are 0 after a step. Not thread-safe.
 */
public final class Optimizer {
    /** Elements a worker's range is a multiple of: where a vector loop ends does not depend on the number of threads. */
    private static final int BLOCK = 4096;

    private final OptimizerSpec spec;
    private final ThreadTeam team;
    private final float[] values;
    private final float[] gradients;
    private final float[] m;
    private final float[] v;
    private final ThreadTeam.RangeTask updateTask = this::updateBlocks;
    private final ThreadTeam.RangeTask clearTask = this::clearBlocks;
    private long steps;
    private long skipped;
    private double gradientNorm;
    private double rate;
    private double clip;

    /**
     * @param spec a {@code clipNorm} of 0 does not clip
     * @param gradients laid out as {@code values}
     */
    public Optimizer(OptimizerSpec spec, ThreadTeam team, float[] values, float[] gradients) {
        if (values.length != gradients.length) {
            throw new IllegalArgumentException(
                    "values (" + values.length + ") and gradients (" + gradients.length + ") must be as many");
        }
        this.spec = spec;
        this.team = team;
        this.values = values;
        this.gradients = gradients;
        m = new float[values.length];
        v = new float[values.length];
    }

    /**
     * One update at {@code multiplier} times the base learning rate, after which the gradients are 0.
     *
     * @return false when the gradient's norm is not finite: nothing was changed, the step is counted in {@link #skipped}
     */
    public boolean step(double multiplier) {
        gradientNorm = Math.sqrt(Vectors.sumSquares(team, gradients, 0, gradients.length));
        if (!Double.isFinite(gradientNorm)) {
            skipped++;
            clearGradients();
            return false;
        }
        steps++;
        rate = spec.learningRate() * multiplier;
        clip = spec.clipNorm() > 0 ? Math.min(1, spec.clipNorm() / (gradientNorm + 1e-6)) : 1;
        team.run(blocks(), 1, updateTask);
        return true;
    }

    public void clearGradients() {
        team.run(blocks(), 1, clearTask);
    }

    private int blocks() {
        return (values.length + BLOCK - 1) / BLOCK;
    }

    private void updateBlocks(int worker, int from, int to) {
        int first = from * BLOCK;
        int end = Math.min(values.length, to * BLOCK);
        AdamWStep.update(
                first,
                end,
                values,
                gradients,
                m,
                v,
                rate,
                spec.beta1(),
                spec.beta2(),
                spec.eps(),
                spec.weightDecay(),
                clip,
                steps);
        Arrays.fill(gradients, first, end, 0);
    }

    private void clearBlocks(int worker, int from, int to) {
        Arrays.fill(gradients, from * BLOCK, Math.min(values.length, to * BLOCK), 0);
    }

    /** Norm of all gradients before clipping, of the last step. */
    public double gradientNorm() {
        return gradientNorm;
    }

    /** Updates done, which bias correction counts from 1. */
    public long steps() {
        return steps;
    }

    /** Steps that were left out because the gradient was not finite. */
    public long skipped() {
        return skipped;
    }

    /** First moment, laid out as the values: the live array, for checkpoints. */
    public float[] firstMoment() {
        return m;
    }

    /** Second moment, laid out as the values: the live array, for checkpoints. */
    public float[] secondMoment() {
        return v;
    }

    /** Goes on from a checkpoint; the arrays are copied. */
    public void restore(float[] firstMoment, float[] secondMoment, long steps, long skipped) {
        if (firstMoment.length != m.length || secondMoment.length != v.length) {
            throw new IllegalArgumentException("moments (" + firstMoment.length + ", " + secondMoment.length
                    + ") must be as many as values (" + m.length + ")");
        }
        System.arraycopy(firstMoment, 0, m, 0, m.length);
        System.arraycopy(secondMoment, 0, v, 0, v.length);
        this.steps = steps;
        this.skipped = skipped;
    }
}
