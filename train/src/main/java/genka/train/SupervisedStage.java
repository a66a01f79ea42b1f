package genka.train;

import genka.books.Use;
import genka.catalog.StageSpec;
import genka.model.ModelPass;
import genka.model.TokenBatch;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Next-token training: pre-training and supervised fine-tuning (V3, arXiv 2412.19437 §4.2). */
final class SupervisedStage implements Stage {
    private final StageSpec.Supervised spec;
    private final int index;
    private final Workbench bench;
    private final TrainingData data;
    private final @Nullable TaskEvaluator tasks;
    private final @Nullable TaskMix asked;
    private final @Nullable TextEvaluator text;
    private final StageWeights weights;
    private final Optimizer optimizer;
    private final Schedule schedule;
    private final long steps;
    private final Rows rows = new Rows();

    /**
     * @param tasks answers the tasks it is evaluated on; null for text, which is held out
     * @param asked what shown samples answer
     */
    SupervisedStage(
            StageSpec.Supervised spec,
            int index,
            Workbench bench,
            TrainingData data,
            @Nullable TaskEvaluator tasks,
            @Nullable TaskMix asked) {
        this.spec = spec;
        this.index = index;
        this.bench = bench;
        this.data = data;
        this.tasks = tasks;
        this.asked = asked;
        this.text = tasks == null ? new TextEvaluator(bench, data.heldOut(spec.sequenceLength())) : null;
        this.steps = spec.steps().orElseGet(() -> spec.stepsFor(data.meanRows(spec.sequenceLength())));
        this.weights = bench.weights(spec);
        this.optimizer = weights.optimizer();
        this.schedule = Schedule.of(spec.schedule(), steps);
    }

    @Override
    public StageSpec spec() {
        return spec;
    }

    @Override
    public long steps() {
        return steps;
    }

    @Override
    public Optional<StageWeights> weights() {
        return Optional.of(weights);
    }

    @Override
    public void begin() {
        optimizer.clearGradients();
    }

    @Override
    public Report step(long step) {
        bench.clock.enter(Use.DATA);
        rows.clear();
        data.fill(step, spec.batch(), spec.sequenceLength(), rows);
        bench.clock.enter(Use.PRETRAIN);
        weights.pass().clearLoads();
        double sum = 0;
        double mtpSum = 0;
        double balance = 0;
        int mtpCounted = 0;
        int divisor = Math.max(1, rows.counted());
        int parts = Math.min(spec.accumulate(), rows.sequences());
        for (int part = 0; part < parts; part++) {
            TokenBatch batch = rows.slice(rows.sequences() * part / parts, rows.sequences() * (part + 1) / parts);
            ModelPass.Loss loss = weights.pass().crossEntropy(batch, divisor, spec.mtpWeight(), spec.balanceWeight());
            sum += loss.sum();
            mtpSum += loss.mtpSum();
            mtpCounted += loss.mtpCounted();
            balance += loss.balance() / parts;
        }
        double multiplier = schedule.multiplier(step);
        optimizer.step(multiplier);
        weights.updateRouterBias(spec.biasUpdate());
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("loss", sum / divisor);
        if (mtpCounted > 0) {
            metrics.put("mtp_loss", mtpSum / mtpCounted);
        }
        if (spec.balanceWeight() > 0) {
            metrics.put("balance_loss", balance);
        }
        metrics.put("learning_rate", spec.optimizer().learningRate() * multiplier);
        metrics.put("gradient_norm", optimizer.gradientNorm());
        metrics.put("tokens", (double) rows.rows());
        return new Report("loss", sum / divisor, rows.rows(), 0, metrics);
    }

    @Override
    public boolean answers() {
        return tasks != null;
    }

    @Override
    public Optional<Evaluation> evaluate(long step) {
        return Optional.of(
                tasks != null
                        ? tasks.evaluate(name(), step)
                        : Evaluation.ofText(
                                name(), step, Objects.requireNonNull(text).bitsPerByte()));
    }

    @Override
    public List<RunResult.Exchange> exchanges() {
        return tasks == null ? List.of() : tasks.exchanges();
    }

    @Override
    public Sample sample(long step) {
        return tasks != null
                ? tasks.sample(Objects.requireNonNull(asked), index, step)
                : Objects.requireNonNull(text).sample(index, step);
    }

    @Override
    public long[] position() {
        return data.position();
    }

    @Override
    public Map<String, float[]> arrays() {
        return Map.of();
    }

    @Override
    public void restore(Checkpoint checkpoint) {
        if (checkpoint.header().step() > 0) {
            data.seek(checkpoint.header().position());
        }
        optimizer.clearGradients();
    }
}
