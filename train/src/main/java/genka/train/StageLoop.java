package genka.train;

import genka.books.Attempt;
import genka.books.Use;
import genka.books.UseClock;
import genka.catalog.StageSpec;
import genka.model.Parameters;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Runs the steps of a stage with all that happens between them: figures, evaluations, samples, checkpoints, words to the ledger. */
final class StageLoop {
    private static final double HEARTBEAT_SECONDS = 0.5;
    private final Workbench bench;
    private final Standing state;
    private final Attempt attempt;
    private final CheckpointFolder checkpoints;
    private final double checkpointEverySeconds;
    private final StepLog metrics;
    private final StepLog samples;
    private final BooleanSupplier stopRequested;
    private long checkpointedAt = System.nanoTime();
    private long heartbeatAt = checkpointedAt;
    private long stageSince;

    StageLoop(
            Workbench bench,
            Standing state,
            Attempt attempt,
            CheckpointFolder checkpoints,
            double checkpointEverySeconds,
            StepLog metrics,
            StepLog samples,
            BooleanSupplier stopRequested) {
        this.bench = bench;
        this.state = state;
        this.attempt = attempt;
        this.checkpoints = checkpoints;
        this.checkpointEverySeconds = checkpointEverySeconds;
        this.metrics = metrics;
        this.samples = samples;
        this.stopRequested = stopRequested;
    }

    /**
     * Runs a stage to its end.
     *
     * @param from the checkpoint this attempt goes on from, when it stands in this stage
     * @return false when it was stopped before its end; then a checkpoint is written
     */
    boolean run(Stage stage, @Nullable Checkpoint from) {
        stageSince = System.nanoTime();
        bench.clock.enter(stage.name(), Use.DATA);
        if (from != null && from.header().step() > 0) {
            stage.restore(from);
            stage.optimizer()
                    .restore(
                            array(from, "m"),
                            array(from, "v"),
                            from.header().optimizerSteps(),
                            from.header().skippedSteps());
        } else {
            firstLook(stage);
            stage.begin();
        }
        Pace pace = new Pace(System::nanoTime);
        boolean done = state.step >= stage.steps() || reached(stage);
        while (!done && !stopRequested.getAsBoolean()) {
            Stage.Report report = stage.step(state.step);
            state.step++;
            state.stageTokens += report.tokens();
            attempt.count(stage.name(), report.tokens(), report.answers());
            tell(stage, report, pace);
            done = state.step >= stage.steps();
            if (due(stage.evaluateEvery()) || done) {
                evaluated(stage, stage.evaluate(state.step));
                done |= reached(stage);
            }
            if (due(stage.sampleEvery())) {
                sample(stage);
            }
            if (!done) {
                between(stage);
            }
        }
        settle();
        if (!done) {
            checkpoint(stage);
            return false;
        }
        bench.events.stageFinished(state.finishStage(stage.name()));
        checkpoint(stage);
        return true;
    }

    private static float[] array(Checkpoint checkpoint, String name) {
        return java.util.Objects.requireNonNull(checkpoint.arrays().get(name));
    }

    /**
     * The evaluation before a stage's first step. What the stage before ended with is not measured again, and an untrained model is not
     * asked questions: it only runs into the length limit.
     */
    private void firstLook(Stage stage) {
        Optional<Evaluation> last =
                state.evaluations.isEmpty() ? Optional.empty() : Optional.of(state.evaluations.getLast());
        boolean reinforces = stage instanceof GrpoStage;
        if (last.isPresent() && (reinforces || last.get().isText())) {
            Evaluation e = last.get();
            evaluated(
                    stage,
                    new Evaluation(
                            stage.name(),
                            0,
                            e.greedyAccuracy(),
                            e.meanResponseTokens(),
                            e.thinkShare(),
                            e.formatRate(),
                            e.truncatedShare(),
                            e.bitsPerByte()));
        } else if (reinforces || (stage.evaluateEvery() > 0 && !stage.answers())) {
            evaluated(stage, stage.evaluate(0));
        }
        if (reinforces && state.exchangeBefore.isEmpty()) {
            bench.clock.enter(Use.EVALUATION);
            state.exchangeBefore = stage.exchange();
        }
    }

    private void tell(Stage stage, Stage.Report report, Pace pace) {
        pace.step(report.tokens());
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("stage", stage.name());
        line.put("step", state.step);
        line.putAll(report.metrics());
        line.put("tokens_per_s", Math.rint(pace.tokensPerSecond()));
        metrics.add(line);
        bench.events.progress(new RunEvents.Progress(
                stage.name(),
                state.step,
                stage.steps(),
                pace.tokensPerSecond(),
                pace.secondsFor(stage.steps() - state.step),
                report.metric(),
                report.value()));
    }

    private boolean due(long every) {
        return every > 0 && state.step % every == 0;
    }

    private void evaluated(Stage stage, Evaluation evaluation) {
        state.evaluations.add(evaluation);
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("stage", stage.name());
        line.put("step", evaluation.step());
        line.put("evaluation", evaluation.json());
        metrics.add(line);
        if (evaluation.step() > 0) {
            state.streak = stage.stop()
                            .filter(stop -> evaluation.greedyAccuracy() >= stop.greedyAccuracy())
                            .isPresent()
                    ? state.streak + 1
                    : 0;
        }
        bench.events.evaluated(evaluation);
    }

    private boolean reached(Stage stage) {
        Optional<StageSpec.StopSpec> stop = stage.stop();
        return stop.isPresent() && state.streak >= stop.get().times();
    }

    private void sample(Stage stage) {
        Stage.Sample sample = stage.sample(state.step);
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("stage", stage.name());
        line.put("step", state.step);
        line.put("prompt", sample.prompt());
        line.put("response", sample.response());
        if (!Double.isNaN(sample.score())) {
            line.put("score", sample.score());
        }
        samples.add(line);
        bench.events.sample(stage.name(), state.step, sample.prompt(), sample.response(), sample.score());
    }

    private void between(Stage stage) {
        long now = System.nanoTime();
        if ((now - checkpointedAt) * 1e-9 >= checkpointEverySeconds) {
            settle();
            checkpoint(stage);
        } else if ((now - heartbeatAt) * 1e-9 >= HEARTBEAT_SECONDS) {
            heartbeatAt = now;
            UseClock.Reading reading = bench.clock.read();
            attempt.heartbeat(reading.slices(), reading.elapsedNanos());
        }
    }

    /** Time so far goes to the stage under way. */
    private void settle() {
        long now = System.nanoTime();
        state.stageSeconds += (now - stageSince) * 1e-9;
        stageSince = now;
    }

    private void checkpoint(Stage stage) {
        Use before = bench.clock.use();
        bench.clock.enter(Use.CHECKPOINT);
        Parameters parameters = bench.model.parameters();
        Map<String, float[]> arrays = new LinkedHashMap<>();
        arrays.put("values", parameters.values());
        arrays.put("buffers", parameters.buffers());
        boolean underWay = state.step > 0;
        if (underWay) {
            arrays.put("m", stage.optimizer().firstMoment());
            arrays.put("v", stage.optimizer().secondMoment());
            arrays.putAll(stage.arrays());
        }
        Checkpoint.Header header = state.header(
                stage.optimizer(), underWay ? stage.position() : new long[0], metrics.length(), samples.length());
        Path file = checkpoints.save(new Checkpoint(header, arrays));
        checkpointedAt = System.nanoTime();
        heartbeatAt = checkpointedAt;
        UseClock.Reading reading = bench.clock.read();
        attempt.checkpointed(reading.slices(), reading.elapsedNanos());
        bench.events.checkpointed(stage.name(), state.step, file);
        bench.clock.enter(before);
    }
}
