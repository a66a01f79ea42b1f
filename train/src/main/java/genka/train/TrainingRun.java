package genka.train;

import genka.books.Attempt;
import genka.books.Ledger;
import genka.books.Machine;
import genka.books.NewRun;
import genka.books.RunState;
import genka.books.RunSummary;
import genka.books.Use;
import genka.books.UseClock;
import genka.catalog.ParameterCount;
import genka.catalog.Recipe;
import genka.catalog.StageSpec;
import genka.kernel.Gemm;
import genka.kernel.ThreadTeam;
import genka.kernel.VectorSupport;
import genka.model.AtomicFile;
import genka.model.Tokenizers;
import genka.units.GenkaException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** One run of a recipe: its folder, its stages in order, its checkpoints. Start it or resume it, then {@link #execute}. */
public final class TrainingRun {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private final Path home;
    private final Recipe recipe;
    private final RunInputs inputs;
    private final Path folder;
    private final boolean resumed;
    private final UseClock clock;
    private final RunEvents events;
    private volatile boolean stopRequested;

    private TrainingRun(
            Path home,
            Recipe recipe,
            RunInputs inputs,
            Path folder,
            boolean resumed,
            UseClock clock,
            RunEvents events) {
        this.home = home;
        this.recipe = recipe;
        this.inputs = inputs;
        this.folder = folder;
        this.resumed = resumed;
        this.clock = clock;
        this.events = events;
    }

    /** Refuses, before anything is written, a recipe that {@link #start} would refuse: for its size, data, tasks or stages. */
    public static void check(Recipe recipe) {
        opened(recipe);
    }

    private static RunInputs opened(Recipe recipe) {
        MemoryNeed.check(recipe);
        return RunInputs.open(recipe, Tokenizers.of(recipe.tokenizer()));
    }

    /**
     * Prepares a new run under {@code home/runs}.
     *
     * @param yaml the resolved recipe, stored with the run
     * @param hash of the resolved recipe: runs with the same one are experiments of the same recipe
     * @throws GenkaException USER when this machine cannot run the recipe, with the reason in numbers
     */
    public static TrainingRun start(
            Path home, Recipe recipe, String yaml, String hash, UseClock clock, RunEvents events) {
        Rehearsal.begin();
        RunInputs inputs = opened(recipe);
        Path folder = RunFolder.create(home, recipe.name(), yaml);
        RunFolder.orNothing(folder, () -> enter(home, recipe, hash, folder));
        return new TrainingRun(home, recipe, inputs, folder, false, clock, events);
    }

    /** Enters a new run in the ledger. */
    private static void enter(Path home, Recipe recipe, String hash, Path folder) {
        try (Ledger ledger = Ledger.open(home)) {
            ledger.createRun(new NewRun(
                    String.valueOf(folder.getFileName()),
                    recipe.name(),
                    hash,
                    folder.toString(),
                    recipe.seed(),
                    Instant.now(),
                    new Machine(Runtime.getRuntime().availableProcessors(), RunFolder.processorName()),
                    recipe.model().continuedFrom()));
        }
    }

    /**
     * Goes on with a run that was stopped or killed.
     *
     * @param recipe read from the run's own recipe.yaml
     */
    public static TrainingRun resume(Path home, String run, Recipe recipe, UseClock clock, RunEvents events) {
        Rehearsal.begin();
        Path folder = RunFolder.existing(home, run);
        RunInputs inputs = opened(recipe);
        return new TrainingRun(home, recipe, inputs, folder, true, clock, events);
    }

    /** The run's name, which is its folder's name. */
    public String run() {
        return String.valueOf(folder.getFileName());
    }

    public Path folder() {
        return folder;
    }

    /** Asks for a checkpoint at the next step boundary and an end; safe from any thread, for example a shutdown hook. */
    public void requestStop() {
        stopRequested = true;
    }

    /** Runs to the end, or until {@link #requestStop}. Call once. */
    public RunResult execute() {
        try (RunLock _ = RunLock.of(folder);
                Ledger ledger = Ledger.open(home)) {
            RunSummary earlier = ledger.run(run());
            BudgetLimit limit = new BudgetLimit(recipe.budget(), earlier.wallNanos());
            Attempt attempt = ledger.begin(
                    run(),
                    Instant.now().minusNanos(clock.read().elapsedNanos()),
                    ProcessHandle.current().pid());
            boolean ended = false;
            try {
                Ended end = attempted(attempt, earlier, limit);
                boolean finished = end.result().state() == RunResult.State.FINISHED;
                finish(attempt, finished ? RunState.FINISHED : RunState.STOPPED, end.at());
                ended = true;
                return end.result();
            } finally {
                if (!ended) {
                    finish(attempt, RunState.FAILED, clock.read());
                }
            }
        }
    }

    /** A result and the moment it speaks of, so that the ledger says the same time as result.json. */
    private record Ended(RunResult result, UseClock.Reading at) {}

    private static void finish(Attempt attempt, RunState end, UseClock.Reading at) {
        attempt.finish(end, at.slices(), at.elapsedNanos());
    }

    private Ended attempted(Attempt attempt, RunSummary earlier, BudgetLimit limit) {
        CheckpointFolder checkpoints = new CheckpointFolder(
                folder.resolve("checkpoints"), recipe.checkpoint().keep());
        Checkpoint from = checkpoints.newest(events::notice).orElse(null);
        if (resumed && from == null) {
            events.notice("Run " + run() + " has no checkpoint to go on from; it begins again.");
        }
        try (ThreadTeam team = new ThreadTeam(threads(recipe));
                StepLog metrics =
                        log("metrics.jsonl", from == null ? 0 : from.header().metricsBytes());
                StepLog samples =
                        log("samples.jsonl", from == null ? 0 : from.header().samplesBytes())) {
            StageModels models = new StageModels(
                    recipe,
                    folder,
                    inputs.tokenizer(),
                    new Gemm(team),
                    clock,
                    events,
                    answers -> attempt.count(clock.stage(), 0, answers));
            if (from != null) {
                models.restore(from);
            }
            events.runStarted(new RunEvents.RunStart(
                    run(),
                    recipe.name(),
                    folder,
                    from != null,
                    ParameterCount.of(recipe.model().spec()).total(),
                    team.threads(),
                    VectorSupport.detect().description()));
            inputs.notices().forEach(events::notice);
            if (from == null) {
                SeenBefore.look(recipe).ifPresent(trouble -> {
                    metrics.add(Map.of("stage", trouble.stage(), "step", 0, "trouble", trouble.json()));
                    events.trouble(trouble);
                });
            }
            Standing state = new Standing(from, earlier);
            if (overBudget(limit)) {
                // Nothing is done, not even a first look; the time until here is in the books.
                return result(state, RunResult.State.STOPPED, null, List.of(), Optional.empty());
            }
            Function<Workbench, StageLoop> loops = bench -> new StageLoop(
                    bench,
                    state,
                    attempt,
                    checkpoints,
                    recipe.checkpoint().everySeconds(),
                    metrics,
                    samples,
                    () -> stopRequested || overBudget(limit));
            return stages(models, state, loops, from);
        }
    }

    private Ended stages(
            StageModels models, Standing state, Function<Workbench, StageLoop> loops, @Nullable Checkpoint from) {
        List<StageSpec> stages = recipe.stages();
        Checkpoint restored = from;
        while (state.stage < stages.size()) {
            int index = state.stage;
            events.stageStarted(stages.get(index).name(), index, stages.size());
            clock.enter(stages.get(index).name(), Use.DATA);
            boolean underWay = restored != null && state.step > 0;
            Workbench bench = underWay ? models.bench() : models.at(index);
            Stage stage = inputs.stage(index, bench, folder);
            Optional<Evaluation> inherited = models.origin(index).flatMap(state::evaluationOf);
            if (!loops.apply(bench).run(stage, restored, inherited)) {
                return result(state, RunResult.State.STOPPED, stage, List.of(), Optional.empty());
            }
            models.trained(index);
            restored = null;
        }
        clock.enter("", Use.CHECKPOINT);
        Path modelDir = models.saveLast();
        clock.enter("", Use.EVALUATION);
        Ended end = result(
                state,
                RunResult.State.FINISHED,
                null,
                inputs.evaluatesTasks() ? inputs.evaluator(models.bench()).exchanges() : List.of(),
                Optional.of(modelDir));
        AtomicFile.write(
                folder.resolve("result.json"),
                JSON.writeValueAsString(end.result().json()));
        return end;
    }

    private Ended result(
            Standing state,
            RunResult.State end,
            @Nullable Stage underWay,
            List<RunResult.Exchange> exchangesAfter,
            Optional<Path> modelDir) {
        List<Evaluation> evaluations = List.copyOf(state.evaluations);
        List<Trouble> troubles = Diagnostics.troubles(folder.resolve("metrics.jsonl"));
        AllAttempts time = new AllAttempts(state.earlier, clock.read());
        RunResult result = new RunResult(
                run(),
                recipe.name(),
                recipe.seed(),
                end,
                time.seconds(),
                state.stages(underWay, time),
                evaluations,
                before(evaluations),
                last(evaluations),
                state.exchangesBefore,
                exchangesAfter,
                troubles,
                modelDir,
                folder);
        return new Ended(result, time.last());
    }

    /** What the recipe's own model could do at last; when no stage trains it, the last one that was trained. */
    private Optional<Evaluation> last(List<Evaluation> evaluations) {
        List<String> own = recipe.stages().stream()
                .filter(stage -> stage.inputs().model().equals(Recipe.MAIN))
                .map(StageSpec::name)
                .toList();
        return evaluations.stream()
                .filter(evaluation -> own.isEmpty() || own.contains(evaluation.stage()))
                .reduce((earlier, later) -> later);
    }

    /** What the model could do before reinforcement; without such a stage, at the first look. */
    private Optional<Evaluation> before(List<Evaluation> evaluations) {
        List<String> reinforced = recipe.stages().stream()
                .filter(StageSpec.Grpo.class::isInstance)
                .map(StageSpec::name)
                .toList();
        return evaluations.stream()
                .filter(evaluation -> reinforced.isEmpty() || reinforced.contains(evaluation.stage()))
                .findFirst();
    }

    private boolean overBudget(BudgetLimit limit) {
        Optional<String> reached = limit.reached(clock.read().elapsedNanos());
        reached.ifPresent(events::notice);
        return reached.isPresent();
    }

    private StepLog log(String name, long length) {
        return new StepLog(folder.resolve(name), length);
    }

    /** Those the recipe asks for, or all there are. */
    static int threads(Recipe recipe) {
        int asked = recipe.where() instanceof Recipe.Placement.Here here ? here.threads() : 0;
        return asked > 0 ? asked : Runtime.getRuntime().availableProcessors();
    }
}
