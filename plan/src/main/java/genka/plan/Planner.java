package genka.plan;

import genka.catalog.Accelerator;
import genka.catalog.Accelerators;
import genka.catalog.Facts;
import genka.catalog.GenkaRoot;
import genka.catalog.OptimizerSpec.Muon;
import genka.catalog.Recipe;
import genka.catalog.StageSpec;
import genka.catalog.Transformer;
import genka.catalog.YamlFile;
import genka.units.GenkaException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** Plans recipes, and models without one. */
public final class Planner {
    private static final int SHOWN = 10;
    private static final int MOST_TIMES = 64;
    private static final double GIGA = 1e9;
    private static final double WORTH_SAYING = 0.03;

    private final Calibrations calibrations;
    private final Facts reliability = Facts.named("reliability.yaml");

    public Planner(Calibrations calibrations) {
        this.calibrations = calibrations;
    }

    /** Plans a recipe where its {@code where} says, spread the fastest way found where it does not say how. */
    public RunPlan plan(Recipe recipe, Function<Accelerator, HourlyPrice> price) {
        Recipe.Placement.Fleet fleet = fleet(recipe);
        if (!RecipeStrategy.spreads(fleet.parallelism())) {
            Accelerator named = Accelerators.shipped().named(fleet.accelerator());
            return plan(recipe, named, fleet.count(), price.apply(named));
        }
        List<Transformer> models =
                recipe.stages().stream().map(recipe::transformer).toList();
        RecipeStrategy.requireEffect(fleet.parallelism(), models);
        Accelerator accelerator = Accelerators.shipped().named(fleet.accelerator());
        Place place = new Place(accelerator, fleet.count(), price.apply(accelerator), true);
        return plan(recipe, place, (stage, model, muon, sequence, batch) -> {
            Strategy strategy = RecipeStrategy.read(fleet.parallelism(), fleet.count(), batch);
            RecipeStrategy.requireDivisible(strategy, model);
            Stack stack = RecipeStrategy.stack(fleet.parallelism()).with(muon);
            Job job = new Job(model, place.cluster(), strategy, stack, sequence, batch);
            if (stage instanceof StageSpec.Training) {
                Layout.require(job, stage.name());
            }
            boolean recomputes = RecipeStrategy.recompute(fleet.parallelism()).isEmpty();
            return RecipeStrategy.fitting(job, recomputes);
        });
    }

    /** Plans a recipe on other accelerators than its own, spread the fastest way found. */
    public RunPlan plan(Recipe recipe, Accelerator accelerator, int count, HourlyPrice price) {
        Map<String, Object> said = switch (recipe.where()) {
            case Recipe.Placement.Fleet fleet -> fleet.parallelism();
            case Recipe.Placement.Here here -> Map.of();
        };
        Precision precision = RecipeStrategy.precision(said);
        Precision possible = accelerator.computes(precision.dtype()) ? precision : Precision.BF16;
        Place place = new Place(accelerator, count, price, false);
        RunPlan plan = plan(recipe, place, (stage, model, muon, sequence, batch) -> {
            Stack stack = RecipeStrategy.stack(said).with(muon);
            return fastest(Workload.of(model, place.cluster(), stack, possible, sequence, batch));
        });
        return possible == precision
                ? plan
                : plan.noting(RecipeStrategy.otherPrecision(accelerator, precision, possible));
    }

    /** How a stage is spread. */
    private interface Spreading {
        Job job(StageSpec stage, Transformer model, Optional<Muon> muon, int sequence, long batch);
    }

    /**
     * Where a plan runs.
     *
     * @param spread whether the recipe says how the work is spread, too
     */
    private record Place(Accelerator accelerator, int count, HourlyPrice price, boolean spread) {
        Cluster cluster() {
            return Cluster.of(accelerator, count);
        }
    }

    private RunPlan plan(Recipe recipe, Place place, Spreading spreading) {
        Cluster cluster = place.cluster();
        PlanInputs inputs = new PlanInputs();
        recipe.stages().forEach(stage -> inputs.model(stage.inputs().model(), recipe.transformer(stage), "the recipe"));
        inputs.add("tokens, batch, sequence", "as the recipe says", Tier.GIVEN, "stages");
        List<StagePlan> stages = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        for (StageSpec stage : recipe.stages()) {
            Transformer model = recipe.transformer(stage);
            switch (stage) {
                case StageSpec.Supervised supervised -> {
                    boolean samples = !supervised.kind().equals("pretrain"); // distill is sft
                    int length =
                            samples ? GrpoStage.meanLength(supervised.sequenceLength()) : supervised.sequenceLength();
                    Job job = spreading.job(stage, model, supervised.optimizer().muon(), length, supervised.batch());
                    if (samples) {
                        inputs.mean("samples", stage.name(), length);
                    }
                    double steps = supervised.steps().isPresent()
                            ? supervised.steps().get()
                            : Math.ceil(supervised.tokens().orElseThrow() / job.tokensPerStep());
                    stages.add(StagePlan.of(stage.name(), job, steps, calibrations.of(job)));
                }
                case StageSpec.Grpo grpo -> {
                    int length = GrpoStage.meanLength(grpo.maxNewTokens());
                    StagePlan planned = GrpoStage.plan(
                            grpo,
                            model,
                            cluster,
                            batch ->
                                    spreading.job(stage, model, grpo.optimizer().muon(), length, batch),
                            calibrations);
                    stages.add(planned);
                    inputs.mean("answers", stage.name(), length);
                    if (grpo.draws().refill() > 0) {
                        inputs.refill(stage.name());
                    }
                    inputs.constants("constants of rollouts", calibrations.named(ServingJob.FAMILY), ServingJob.FAMILY);
                    notes.add(GrpoStage.sensitivity(grpo, planned, model, cluster, calibrations));
                }
                case StageSpec.RejectionSample sample -> {
                    int length = GrpoStage.meanLength(sample.maxNewTokens());
                    long answers = (long) sample.batch() * sample.samples();
                    Job job = spreading.job(
                            stage, model, Optional.empty(), length, Math.max(answers, cluster.accelerators()));
                    stages.add(GrpoStage.sampling(sample, answers, job, calibrations));
                    inputs.mean("answers", stage.name(), length);
                }
            }
        }
        if (stages.isEmpty()) {
            throw GenkaException.user(recipe.name() + " has no stage to plan");
        }
        describe(inputs, place, stages);
        Goodput goodput = goodput(stages);
        notes.addAll(PlanNotes.budget(
                recipe.budget(), goodput.acceleratorHours() * place.price().usd(), goodput.wallHours()));
        for (int i = 0; i < stages.size(); i++) {
            notes.addAll(PlanNotes.stage(recipe.stages().get(i), stages.get(i).job()));
        }
        if (place.spread()) {
            notes.addAll(Layout.oddities(recipe.stages(), stages));
        }
        return new RunPlan(
                recipe.name(),
                stages,
                goodput,
                place.price(),
                published(recipe.name()),
                refusal(stages),
                inputs.all(),
                notes);
    }

    /** What every plan hangs on. */
    private void describe(PlanInputs inputs, Place place, List<StagePlan> stages) {
        Job job = stages.getFirst().job();
        inputs.spread(place.spread());
        inputs.accelerator(place.accelerator(), job.strategy().precision());
        if (stages.stream().anyMatch(stage -> stage.job().stack().muon().isPresent())) {
            inputs.add("Muon", "matrices gathered in 16 bits, dealt out to ranks", Tier.ASSUMED, "arXiv 2502.16982");
        }
        inputs.constants("constants of training", calibrations.of(job), job.family());
        inputs.shape(calibrations.of(job), job, job.family());
        inputs.failures(reliability);
        inputs.price(place.price());
    }

    private Optional<RunPlan.Refusal> refusal(List<StagePlan> stages) {
        return stages.stream().filter(stage -> !stage.fits()).findFirst().map(stage -> {
            Cluster cluster = stage.job().cluster();
            return new RunPlan.Refusal(
                    String.format(
                            Locale.ROOT,
                            "stage %s needs %.0f GB on the fullest accelerator and %s has %.0f GB; most of it goes to %s",
                            stage.name(),
                            stage.memory().total() / GIGA,
                            cluster.name(),
                            cluster.memoryBytes() / GIGA,
                            stage.memory().largest()),
                    nearest(Workload.of(stage.job())));
        });
    }

    private Optional<Search.Found> nearest(Workload work) {
        Search search = search();
        for (int times = 1; times <= MOST_TIMES; times *= 2) {
            Optional<Search.Found> found =
                    search.fastest(work.on(times * work.cluster().accelerators()));
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private Goodput goodput(List<StagePlan> stages) {
        Cluster cluster = stages.getFirst().job().cluster();
        double largest = stages.stream()
                .mapToDouble(stage -> MemoryModel.checkpointBytes(stage.job()))
                .max()
                .orElseThrow();
        return Goodput.of(
                stages.stream().mapToDouble(StagePlan::hours).sum(), cluster.accelerators(), largest, reliability);
    }

    private static Recipe.Placement.Fleet fleet(Recipe recipe) {
        return switch (recipe.where()) {
            case Recipe.Placement.Fleet fleet -> fleet;
            case Recipe.Placement.Here here ->
                throw GenkaException.user(
                        recipe.name() + " runs on this machine. Maybe name accelerators: --on 8xH100");
        };
    }

    /** The fastest way to train a model on that many tokens. */
    public RunPlan plan(ModelRun run, Accelerator accelerator, int count, HourlyPrice price) {
        Place place = new Place(accelerator, count, price, false);
        Job job = fastest(
                Workload.of(run.model(), place.cluster(), Stack.MODERN, run.computes(), run.length(), run.sequences()));
        double steps = Math.ceil(run.tokens() / job.tokensPerStep());
        List<StagePlan> stages = List.of(StagePlan.of("pretrain", job, steps, calibrations.of(job)));
        PlanInputs inputs = new PlanInputs();
        run.describe(inputs);
        describe(inputs, place, stages);
        return new RunPlan(
                run.model().name(),
                stages,
                goodput(stages),
                price,
                Optional.empty(),
                refusal(stages),
                inputs.all(),
                List.of());
    }

    private Job fastest(Workload oneSchedule) {
        Search search = search();
        Workload work = oneSchedule.open();
        return search.fastest(work)
                .or(() -> search.smallest(work))
                .orElseThrow(() -> GenkaException.user("a batch of " + work.globalBatch() + " cannot be divided over "
                        + work.cluster().accelerators() + " accelerators. Maybe a larger batch, or fewer of them"))
                .job();
    }

    /** The fastest way on an eighth to four times the accelerators, by their number; those that do not fit are left out. */
    public List<Search.Found> scaling(StagePlan stage) {
        Search search = search();
        Workload work = Workload.of(stage.job());
        List<Search.Found> found = new ArrayList<>();
        for (double times = 0.125; times <= 4; times *= 2) {
            int count = (int) (times * work.cluster().accelerators());
            if (count >= 1) {
                search.fastest(work.on(count)).ifPresent(found::add);
            }
        }
        return found;
    }

    /** Ways to spread a stage over its accelerators, a half, a quarter and twice of them, that no other way beats. */
    public List<Front.Point> front(StagePlan stage) {
        Workload work = Workload.of(stage.job());
        int count = stage.job().cluster().accelerators();
        List<Integer> counts = Stream.of(count / 4, count / 2, count, 2 * count)
                .filter(each -> each >= 1)
                .toList();
        return search().front(work, counts).points(SHOWN);
    }

    /** What would change most, a line each. */
    public List<String> options(RunPlan plan) {
        List<String> options = new ArrayList<>();
        plan.longestTraining().ifPresent(stage -> spreads(stage, options));
        options.add("most time goes to " + plan.longest().binds().words());
        return options;
    }

    /** What the best way to spread a stage would change, on as many accelerators and on twice as many. */
    private void spreads(StagePlan stage, List<String> options) {
        Workload work = Workload.of(stage.job());
        Search search = search();
        double best = Math.min(
                stage.stepSeconds(),
                search.fastest(work).map(Search.Found::seconds).orElse(Double.MAX_VALUE));
        if (best < stage.stepSeconds() * (1 - WORTH_SAYING)) {
            options.add(String.format(
                    Locale.ROOT,
                    "another way to spread %s takes %.0f %% less time; --search shows it",
                    stage.name(),
                    100 * (1 - best / stage.stepSeconds())));
        }
        search.fastest(work.on(2 * work.cluster().accelerators()))
                .ifPresent(found -> options.add(String.format(
                        Locale.ROOT,
                        "on twice as many accelerators %s takes %.2f of the time and %.2f of the dollars, the best way each",
                        stage.name(),
                        found.seconds() / best,
                        2 * found.seconds() / best)));
    }

    /** Finds by the constants of all jobs, and times what it found as the plan of such a job is. */
    private Search search() {
        return new Search(
                calibrations.general(), job -> calibrations.of(job).playing().evaluate(job, new StepTime()));
    }

    private static Optional<RunPlan.Published> published(String recipe) {
        Path file = GenkaRoot.path().resolve("facts").resolve("published.yaml");
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        Values stated = Values.of(YamlFile.read(file))
                .section("recipes")
                .section(recipe)
                .section("total_accelerator_hours");
        return stated.number("value")
                .map(hours -> new RunPlan.Published(hours, stated.text("source").orElse("")));
    }
}
