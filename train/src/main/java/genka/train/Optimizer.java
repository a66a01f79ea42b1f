package genka.train;

import genka.catalog.OptimizerSpec;
import genka.kernel.AdamWStep;
import genka.kernel.MuonStep;
import genka.kernel.ThreadTeam;
import genka.kernel.Vectors;
import genka.model.Parameters;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * AdamW (Loshchilov and Hutter 2019, arXiv 1711.05101) over flat arrays, all tensors alike: gradients times
 * {@code min(1, c / (norm + 1e-6))} with one norm over everything, then {@code p -= η λ p}, then {@code p -= η m̂ / (√v̂ + ε)}. With Muon,
 * matrices inside layers are updated by {@link MuonStep} instead and have no second moment. A gradient that is not finite
 * changes nothing but is counted. Gradients are 0 after a step. Frozen values keep their bits, and their gradients do not count in the
 * norm. Not thread-safe.
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
    private final List<Block> blocks;
    private final List<Parameters.Entry> matrices;
    private final MuonStep[] muonSteps;
    private @Nullable WeightAverage average;
    private final ThreadTeam.RangeTask updateTask = this::updateBlocks;
    private final ThreadTeam.RangeTask matrixTask = this::updateMatrices;
    private final ThreadTeam.RangeTask clearTask = this::clearBlocks;
    private long steps;
    private long skipped;
    private double gradientNorm;
    private double rate;
    private double clip;

    /** Values from..to of the flat arrays that AdamW updates, their second moments beginning at {@code second}. */
    private record Block(int from, int to, int second) {}

    /**
     * Of all parameters but the frozen ones, as {@code spec} says.
     *
     * @param spec a {@code clipNorm} of 0 does not clip
     * @param frozen ranges of the values that do not learn, ascending and apart
     */
    Optimizer(OptimizerSpec spec, ThreadTeam team, Parameters parameters, List<FrozenParameters.Range> frozen) {
        this(
                spec,
                team,
                parameters.values(),
                parameters.gradients(),
                frozen,
                spec.muon().isPresent() ? learningMatrices(parameters, frozen) : List.of());
    }

    /**
     * AdamW for everything.
     *
     * @param gradients laid out as {@code values}
     */
    Optimizer(OptimizerSpec spec, ThreadTeam team, float[] values, float[] gradients) {
        this(spec, team, values, gradients, List.of(), List.of());
    }

    /** @param matrices what Muon updates, ascending */
    Optimizer(
            OptimizerSpec spec,
            ThreadTeam team,
            float[] values,
            float[] gradients,
            List<FrozenParameters.Range> frozen,
            List<Parameters.Entry> matrices) {
        if (values.length != gradients.length) {
            throw new IllegalArgumentException(
                    "values (" + values.length + ") and gradients (" + gradients.length + ") must be as many");
        }
        this.spec = spec;
        this.team = team;
        this.values = values;
        this.gradients = gradients;
        this.frozen = List.copyOf(frozen);
        this.matrices = matrices.stream()
                .sorted(Comparator.comparingDouble(Optimizer::work).reversed())
                .toList();
        this.blocks = learningBlocks(values.length, frozen, matrices);
        m = new float[values.length];
        v = new float
                [values.length
                        - matrices.stream().mapToInt(Parameters.Entry::size).sum()];
        int largest = matrices.stream().mapToInt(Parameters.Entry::size).max().orElse(0);
        int side = matrices.stream().mapToInt(Optimizer::shortSide).max().orElse(0);
        muonSteps = new MuonStep[matrices.isEmpty() ? 0 : team.threads()];
        Arrays.setAll(muonSteps, any -> new MuonStep(spec.muon().orElseThrow().iterations(), largest, side));
    }

    private static List<Parameters.Entry> learningMatrices(Parameters parameters, List<FrozenParameters.Range> frozen) {
        Set<Integer> still = frozen.stream().map(FrozenParameters.Range::from).collect(Collectors.toSet());
        return parameters.entries().stream()
                .filter(entry -> entry.innerMatrix() && !still.contains(entry.offset()))
                .toList();
    }

    /** Multiplications, but for a factor. */
    private static double work(Parameters.Entry matrix) {
        return (double) matrix.size() * shortSide(matrix);
    }

    private static int shortSide(Parameters.Entry matrix) {
        return Math.min(matrix.shape().get(0), matrix.shape().get(1));
    }

    /** All values but the frozen ones and the matrices, which are ascending and apart. */
    private static List<Block> learningBlocks(
            int length, List<FrozenParameters.Range> frozen, List<Parameters.Entry> matrices) {
        List<FrozenParameters.Range> left = new ArrayList<>(frozen);
        matrices.forEach(
                matrix -> left.add(new FrozenParameters.Range(matrix.offset(), matrix.offset() + matrix.size())));
        left.sort(Comparator.comparingInt(FrozenParameters.Range::from));
        Set<FrozenParameters.Range> still = Set.copyOf(frozen);
        List<Block> blocks = new ArrayList<>();
        int at = 0;
        int withoutSecond = 0;
        for (int i = 0; i <= left.size(); i++) {
            int end = i < left.size() ? left.get(i).from() : length;
            while (at < end) {
                int next = at + Math.min(BLOCK, end - at);
                blocks.add(new Block(at, next, at - withoutSecond));
                at = next;
            }
            if (i < left.size()) {
                at = left.get(i).to();
                withoutSecond += still.contains(left.get(i)) ? 0 : at - end;
            }
        }
        return List.copyOf(blocks);
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
        team.each(matrices.size(), matrixTask);
        team.run(blocks.size(), 1, updateTask);
        return true;
    }

    public void clearGradients() {
        team.run((values.length + BLOCK - 1) / BLOCK, 1, clearTask);
    }

    private void updateMatrices(int worker, int from, int to) {
        for (int i = from; i < to; i++) {
            Parameters.Entry matrix = matrices.get(i);
            int at = matrix.offset();
            muonSteps[worker].update(
                    matrix.shape().get(0),
                    matrix.shape().get(1),
                    at,
                    values,
                    gradients,
                    m,
                    rate,
                    spec.muon().orElseThrow().momentum(),
                    spec.weightDecay(),
                    clip);
            updated(at, at + matrix.size());
        }
    }

    private void updateBlocks(int worker, int from, int to) {
        for (int block = from; block < to; block++) {
            update(blocks.get(block));
        }
    }

    private void update(Block block) {
        AdamWStep.update(
                block.from,
                block.to,
                values,
                gradients,
                m,
                v,
                block.second,
                rate,
                spec.beta1(),
                spec.beta2(),
                spec.eps(),
                spec.weightDecay(),
                clip,
                steps);
        updated(block.from, block.to);
    }

    private void updated(int first, int end) {
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

    /** First moment or momentum, laid out as the values: the live array, for checkpoints. */
    public float[] firstMoment() {
        return m;
    }

    /** Second moment, laid out as the values but for matrices that Muon updates: the live array, for checkpoints. */
    public float[] secondMoment() {
        return v;
    }

    /** Goes on from a checkpoint; the arrays are copied. */
    public void restore(float[] firstMoment, float[] secondMoment, long steps, long skipped) {
        if (firstMoment.length != m.length || secondMoment.length != v.length) {
            throw new IllegalArgumentException("moments (" + firstMoment.length + ", " + secondMoment.length
                    + ") must be as many as here (" + m.length + ", " + v.length + ")");
        }
        System.arraycopy(firstMoment, 0, m, 0, m.length);
        System.arraycopy(secondMoment, 0, v, 0, v.length);
        this.steps = steps;
        this.skipped = skipped;
    }
}
