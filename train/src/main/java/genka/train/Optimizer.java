package genka.train;

import genka.catalog.StageSpec.OptimizerSpec;
import genka.kernel.AdamWStep;
import genka.kernel.ThreadTeam;
import genka.kernel.Vectors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * AdamW (Loshchilov and Hutter 2019, arXiv 1711.05101) over flat arrays, all tensors alike: gradients times
 * {@code min(1, c / (norm + 1e-6))} with one norm over everything, then {@code p -= η λ p}, then {@code p -= η m̂ / (√v̂ + ε)}. A
 * gradient that is not finite changes nothing but is counted. Gradients are 0 after a step. Frozen values keep their bits, and their
 * gradients do not count in the norm. Not thread-safe.
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
    private final List<FrozenParameters.Range> frozen;
    private final int[] starts;
    private final int[] ends;
    private @Nullable WeightAverage average;
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
        this(spec, team, values, gradients, List.of());
    }

    /** @param frozen ranges of {@code values} that do not learn, ascending and apart */
    Optimizer(
            OptimizerSpec spec,
            ThreadTeam team,
            float[] values,
            float[] gradients,
            List<FrozenParameters.Range> frozen) {
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
        this.frozen = List.copyOf(frozen);
        List<FrozenParameters.Range> blocks = learningBlocks(values.length, frozen);
        starts = blocks.stream().mapToInt(FrozenParameters.Range::from).toArray();
        ends = blocks.stream().mapToInt(FrozenParameters.Range::to).toArray();
    }

    private static List<FrozenParameters.Range> learningBlocks(int length, List<FrozenParameters.Range> frozen) {
        List<FrozenParameters.Range> blocks = new ArrayList<>();
        int at = 0;
        for (int i = 0; i <= frozen.size(); i++) {
            int end = i < frozen.size() ? frozen.get(i).from() : length;
            while (at < end) {
                int next = at + Math.min(BLOCK, end - at);
                blocks.add(new FrozenParameters.Range(at, next));
                at = next;
            }
            at = i < frozen.size() ? frozen.get(i).to() : length;
        }
        return blocks;
    }

    /** From now on each update is taken into {@code average}. */
    void averageInto(WeightAverage average) {
        this.average = average;
    }

    /**
     * One update at {@code multiplier} times the base learning rate, after which the gradients are 0.
     *
     * @return false when the gradient's norm is not finite: nothing was changed, the step is counted in {@link #skipped}
     */
    public boolean step(double multiplier) {
        for (FrozenParameters.Range range : frozen) {
            Arrays.fill(gradients, range.from(), range.to(), 0);
        }
        gradientNorm = Math.sqrt(Vectors.sumSquares(team, gradients, 0, gradients.length));
        if (!Double.isFinite(gradientNorm)) {
            skipped++;
            clearGradients();
            return false;
        }
        steps++;
        rate = spec.learningRate() * multiplier;
        clip = spec.clipNorm() > 0 ? Math.min(1, spec.clipNorm() / (gradientNorm + 1e-6)) : 1;
        if (average != null) {
            average.begin(steps);
        }
        team.run(starts.length, 1, updateTask);
        return true;
    }

    public void clearGradients() {
        team.run(blocks(), 1, clearTask);
    }

    private int blocks() {
        return (values.length + BLOCK - 1) / BLOCK;
    }

    private void updateBlocks(int worker, int from, int to) {
        for (int block = from; block < to; block++) {
            update(starts[block], ends[block]);
        }
    }

    private void update(int first, int end) {
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
        if (average != null) {
            average.add(first, end);
        }
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
