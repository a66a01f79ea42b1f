package genka.train;

import genka.books.Attempt;
import genka.books.Use;
import genka.books.UseClock;
import genka.catalog.StageSpec;
import genka.generate.NotFiniteException;
import genka.model.Parameters;
import genka.units.GenkaException;
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
    private Optional<Diagnostics> watch = Optional.empty();

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
     * @param inherited what the weights it starts with were last found to be able to do
     * @return false when it was stopped before its end; then a checkpoint is written
     */
    boolean run(Stage stage, @Nullable Checkpoint from, Optional<Evaluation> inherited) {
        Divergence watched = divergence(stage, from);
        try {
            return steps(stage, from, inherited, watched);
        } catch (NotFiniteException _) {
            throw end(stage, watched.logits(state.step, updates(stage)));
        }
    }

    private Divergence divergence(Stage stage, @Nullable Checkpoint from) {
        boolean told = from != null
                && Diagnostics.troubles(metrics.file()).stream()
                        .anyMatch(trouble -> trouble.kind() == Trouble.Kind.UPDATE_LEFT_OUT
                                && trouble.stage().equals(stage.name()));
        Optional<String> before =
                state.finished.stream().map(RunResult.Stage::name).reduce((_, last) -> last);
        return new Divergence(stage.spec(), stage.steps(), told, before);
    }

    private static long updates(Stage stage) {
        return stage.weights().map(weights -> weights.optimizer().steps()).orElse(0L);
    }

    private boolean steps(
            Stage stage, @Nullable Checkpoint from, Optional<Evaluation> inherited, Divergence divergence) {
        stageSince = System.nanoTime();
        bench.clock.enter(stage.name(), Use.DATA);
        watch = stage.diagnostics();
        if (from != null && from.header().step() > 0) {
            watch.ifPresent(diagnostics -> diagnostics.replay(metrics.file()));
            stage.restore(from);
            stage.weights().ifPresent(weights -> weights.restore(from));
        } else {
            firstLook(stage, inherited);
            begin(stage);
        }
        Pace pace = new Pace(System::nanoTime);
        boolean done = state.step >= stage.steps() || reached(stage);
        while (!done && !stopRequested.getAsBoolean()) {
            Stage.Report report = stage.step(state.step);
            state.step++;
            state.stageTokens += report.tokens();
            attempt.count(stage.name(), report.tokens(), report.answers());
            tell(stage, report, pace);
            divergence.step(state.step, updates(stage), report.metrics()).ifPresent(trouble -> heed(stage, trouble));
            watch.ifPresent(diagnostics -> diagnostics.step(report.metrics()).forEach(trouble -> tell(stage, trouble)));
            done = state.step >= stage.steps();
            if (due(stage.spec().evaluateEvery()) || done) {
                evaluate(stage);
                done |= reached(stage);
            }
            if (due(stage.spec().sampleEvery())) {
                sample(stage);
            }
            // What was saved now would push out a checkpoint of weights that are still good.
            if (!done && !divergence.isSuspected()) {
                between(stage);
            }
        }
        if (!done) {
            settle();
            checkpoint(stage);
            return false;
        }
        keep(stage);
        close(stage);
        settle();
        bench.events.stageFinished(state.finishStage(stage));
        checkpoint(stage);
        return true;
    }

    /** Measures the base where the stage does, and refuses what cannot work. */
    private void begin(Stage stage) {
        stage.begin();
        stage.preFlight().ifPresent(base -> {
            log(stage, 0, "pre_flight", base.json());
            bench.events.preFlight(base);
            watch.flatMap(diagnostics -> diagnostics.base(base)).ifPresent(trouble -> {
                tell(stage, trouble);
                if (trouble.severity() == Trouble.Severity.REFUSAL) {
                    throw refusal(trouble);
                }
            });
        });
    }

    /** After the last step: what came of it, on the prompts of the beginning. */
    private void close(Stage stage) {
        stage.postFlight().ifPresent(after -> {
            log(stage, state.step, "post_flight", after.json());
            bench.events.postFlight(after);
            watch.flatMap(diagnostics -> diagnostics.closing(after)).ifPresent(trouble -> tell(stage, trouble));
        });
    }

    private void heed(Stage stage, Trouble trouble) {
        if (trouble.severity() == Trouble.Severity.REFUSAL) {
            throw end(stage, trouble);
        }
        tell(stage, trouble);
    }

    /** Keeps a trouble that ends the run for whoever looks later; now the exception tells it. */
    private GenkaException end(Stage stage, Trouble trouble) {
        log(stage, trouble.step(), "trouble", trouble.json());
        return refusal(trouble);
    }

    private static GenkaException refusal(Trouble trouble) {
        return GenkaException.user(trouble.finding() + " " + trouble.advice());
    }

    private void tell(Stage stage, Trouble trouble) {
        log(stage, trouble.step(), "trouble", trouble.json());
        bench.events.trouble(trouble);
    }

    private void log(Stage stage, long step, String name, Map<String, Object> value) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("stage", stage.name());
        line.put("step", step);
        line.put(name, value);
        metrics.add(line);
    }

    /**
     * The evaluation before a stage's first step. What the weights' own stage ended with is not measured again, and an untrained model is
     * not asked questions: it only runs into the length limit.
     */
    private void firstLook(Stage stage, Optional<Evaluation> inherited) {
        boolean reinforces = stage instanceof GrpoStage;
        if (inherited.isPresent() && inherited.get().isText() != stage.answers()) {
            evaluated(stage, inherited.get().atStartOf(stage.name()));
        } else if (reinforces || (stage.spec().evaluateEvery() > 0 && !stage.answers())) {
            stage.evaluate(0).ifPresent(evaluation -> evaluated(stage, evaluation));
        }
        if (reinforces && state.exchangesBefore.isEmpty()) {
            bench.clock.enter(Use.EVALUATION);
            state.exchangesBefore = stage.exchanges();
        }
    }

    private void tell(Stage stage, Stage.Report report, Pace pace) {
        pace.step(report.tokens());
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("stage", stage.name());
        line.put("step", state.step);
        line.putAll(report.metrics());
        line.put("tokens_per_s", Math.rint(pace.tokensPerSecond()));
        if (ExpertShares.due(state.step, stage.steps())) {
            ExpertShares.of(bench.model.spec(), bench.pass).ifPresent(shares -> line.put("expert_load", shares));
        }
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
        log(stage, evaluation.step(), "evaluation", evaluation.json());
        watch.ifPresent(diagnostics -> diagnostics.evaluation(evaluation));
        bench.events.evaluated(evaluation);
    }

    /** Measures the weights that would stay, and beside them the average where there is one. */
    private void evaluate(Stage stage) {
        boolean staysAverage =
                stage.weights().filter(StageWeights::keepsAverage).isPresent();
        measured(stage, staysAverage).ifPresent(evaluation -> {
            evaluated(stage, evaluation);
            compare(stage, evaluation, staysAverage);
        });
        if (!staysAverage && stage.weights().filter(StageWeights::averages).isPresent()) {
            measured(stage, true).ifPresent(average -> {
                log(stage, state.step, "average", average.json());
                bench.events.averageEvaluated(average);
                compare(stage, average, true);
            });
        }
    }

    private Optional<Evaluation> measured(Stage stage, boolean ofAverage) {
        return ofAverage
                ? stage.weights().flatMap(weights -> weights.ofAverage(() -> stage.evaluate(state.step)))
                : stage.evaluate(state.step);
    }

    private void compare(Stage stage, Evaluation evaluation, boolean ofAverage) {
        boolean best =
                state.best.isEmpty() || evaluation.merit() > state.best.get().merit();
        stage.weights().filter(weights -> weights.keepsBest() && best).ifPresent(weights -> {
            state.best = Optional.of(evaluation);
            weights.remember(ofAverage);
        });
    }

    /** The weights that stay take the place of the last ones; the last evaluation is then theirs. */
    private void keep(Stage stage) {
        stage.weights().ifPresent(StageWeights::settle);
        if (state.best.isPresent() && !state.best.get().equals(state.evaluations.getLast())) {
            bench.events.notice("Stage " + stage.name() + " keeps the weights of step "
                    + state.best.get().step() + ", its best evaluation.");
            evaluated(stage, state.best.get().at(stage.name(), state.step));
        }
    }

    private boolean reached(Stage stage) {
        Optional<StageSpec.StopSpec> stop = stage.spec().stop();
        return stop.isPresent() && StopRule.reached(stop.get(), stage.name(), state.evaluations);
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
            stage.weights().ifPresent(weights -> arrays.putAll(weights.arrays()));
            arrays.putAll(stage.arrays());
        }
        Checkpoint.Header header = state.header(
                stage.weights().map(StageWeights::optimizer),
                underWay ? stage.position() : new long[0],
                metrics.length(),
                samples.length());
        Path file = checkpoints.save(new Checkpoint(header, arrays));
        checkpointedAt = System.nanoTime();
        heartbeatAt = checkpointedAt;
        UseClock.Reading reading = bench.clock.read();
        attempt.checkpointed(reading.slices(), reading.elapsedNanos());
        bench.events.checkpointed(stage.name(), state.step, file);
        bench.clock.enter(before);
    }
}
