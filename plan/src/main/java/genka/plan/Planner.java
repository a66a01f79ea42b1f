package genka.plan;

import genka.catalog.Accelerator;
import genka.catalog.Accelerators;
import genka.catalog.AttentionSpec;
import genka.catalog.GenkaRoot;
import genka.catalog.ModelSpec;
import genka.catalog.MoeSpec;
import genka.catalog.Nearest;
import genka.catalog.Recipe;
import genka.catalog.StageSpec;
import genka.catalog.YamlFile;
import genka.plan.Strategy.Recompute;
import genka.units.GenkaException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Plans recipes, and models without one. */
public final class Planner {
    private static final List<String> SCHEDULES =
            List.of("gpipe", "1f1b", "zb-h1", "zb-h2", "zb-v", "dualpipe", "dualpipev");

    private final Calibrations calibrations;

    public Planner(Calibrations calibrations) {
        this.calibrations = calibrations;
    }

    /** Plans the supervised stages of a recipe whose {@code where} names accelerators. */
    public RunPlan plan(Recipe recipe, HourlyPrice price) {
        Recipe.Placement.Fleet fleet = fleet(recipe);
        Accelerator accelerator = Accelerators.shipped().named(fleet.accelerator());
        Transformer model = transformer(recipe.name(), recipe.model().spec());
        List<StagePlan> stages = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        for (StageSpec stage : recipe.stages()) {
            switch (stage) {
                case StageSpec.Supervised supervised -> {
                    Cluster cluster = Cluster.of(accelerator, fleet.count());
                    long batch = supervised.batch();
                    int sequence = supervised.sequenceLength();
                    Strategy strategy = strategy(fleet.parallelism(), fleet.count(), batch);
                    Job job = fitting(new Job(model, cluster, strategy, Stack.MODERN, sequence, batch));
                    double steps = supervised.steps().isPresent()
                            ? supervised.steps().get()
                            : Math.ceil(supervised.tokens().orElseThrow() / job.tokensPerStep());
                    stages.add(StagePlan.of(stage.name(), job, steps, calibrations.of(job)));
                }
                case StageSpec.Grpo grpo -> notes.add("stage " + grpo.name() + " (reinforcement) is not planned yet");
                case StageSpec.RejectionSample sample ->
                    notes.add("stage " + sample.name() + " (sampling) is not planned yet");
            }
        }
        if (stages.isEmpty()) {
            throw GenkaException.user(recipe.name() + " has no supervised stage to plan");
        }
        return new RunPlan(recipe.name(), stages, price, published(recipe.name()), notes);
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
    public RunPlan plan(
            Transformer model,
            double tokens,
            int sequence,
            long batch,
            Accelerator accelerator,
            int count,
            Precision precision,
            HourlyPrice price) {
        Cluster cluster = Cluster.of(accelerator, count);
        Search search = new Search(calibrations.general());
        Search.Found found = search.fastest(model, cluster, Stack.MODERN, precision, sequence, batch)
                .orElseThrow(() -> GenkaException.resource(model.name() + " does not fit on " + count + " "
                        + accelerator.name() + " in any of " + search.evaluated()
                        + " ways to spread it. Maybe more of them, or some with more memory"));
        double steps = Math.ceil(tokens / found.job().tokensPerStep());
        StagePlan stage = StagePlan.of("pretrain", found.job(), steps, calibrations.of(found.job()));
        List<String> notes = List.of("the fastest of " + search.evaluated() + " strategies");
        return new RunPlan(model.name(), List.of(stage), price, Optional.empty(), notes);
    }

    /** Long sequences are cut over context ranks taken from the data ranks until a sequence a rank is left to spare. */
    private static Job fitting(Job job) {
        Job at = job;
        while (!MemoryModel.fits(at)) {
            Strategy s = at.strategy();
            Strategy next;
            if (s.recompute() != Recompute.FULL) {
                next = with(s, s.context(), s.data(), Recompute.FULL);
            } else if (s.data() % 2 == 0 && s.context() < 64) {
                next = with(s, 2 * s.context(), s.data() / 2, s.recompute());
            } else {
                return job;
            }
            at = new Job(at.model(), at.cluster(), next, at.stack(), at.sequence(), at.globalBatch());
        }
        return at;
    }

    private static Strategy with(Strategy s, int context, int data, Recompute recompute) {
        return new Strategy(
                s.tensor(),
                s.pipeline(),
                s.chunks(),
                context,
                data,
                s.expert(),
                s.microBatch(),
                s.zeroStage(),
                recompute,
                s.schedule(),
                s.sequenceParallel(),
                s.precision());
    }

    /** What a recipe's {@code where.parallelism} says; data ranks are what is left when it does not. */
    private static Strategy strategy(Map<String, Object> said, int count, long batch) {
        Values values = new Values(said);
        int tensor = values.whole("tensor").orElse(1);
        int pipeline = values.whole("pipeline").orElse(1);
        int context = values.whole("context").orElse(1);
        int spread = tensor * pipeline * context;
        if (count % spread != 0) {
            throw GenkaException.user("where.parallelism: tensor x pipeline x context (" + spread
                    + ") must divide where.count (" + count + ")");
        }
        int data = values.whole("data").orElse(count / spread);
        if (data * spread != count) {
            throw GenkaException.user("where.parallelism: tensor x pipeline x context x data (" + data * spread
                    + ") must be where.count (" + count + "). Maybe data " + count / spread + "?");
        }
        if (data > batch) {
            throw GenkaException.user(
                    "where.parallelism.data (" + data + ") must be at most the batch (" + batch + " sequences)");
        }
        String schedule = values.text("pipeline_schedule").orElse("1f1b").toLowerCase(Locale.ROOT);
        return new Strategy(
                tensor,
                pipeline,
                1,
                context,
                data,
                values.whole("expert").orElse(1),
                values.whole("micro_batch").orElse(1),
                values.whole("zero_stage").orElse(1),
                Recompute.NONE,
                schedule(schedule),
                tensor > 1,
                Precision.named(values.text("precision").orElse("bf16")));
    }

    private static Schedule schedule(String name) {
        return switch (SCHEDULES.indexOf(name)) {
            case 0 -> Schedule.GPIPE;
            case 1 -> Schedule.ONE_F_ONE_B;
            case 2 -> Schedule.ZB_H1;
            case 3 -> Schedule.ZB_H2;
            case 4 -> Schedule.ZB_V;
            case 5 -> Schedule.DUALPIPE;
            case 6 -> Schedule.DUALPIPE_V;
            default ->
                throw GenkaException.user("where.parallelism.pipeline_schedule (" + name + ") is unknown."
                        + Nearest.advice(name, SCHEDULES));
        };
    }

    /** The planner's view of a model that a recipe describes. */
    public static Transformer transformer(String name, ModelSpec spec) {
        Transformer.Attention attention = switch (spec.attention()) {
            case AttentionSpec.Mla mla ->
                new Transformer.Attention(
                        mla.heads(),
                        mla.heads(),
                        mla.qkHeadDim(),
                        mla.vHeadDim(),
                        mla.qLoraRank(),
                        mla.kvLoraRank(),
                        mla.qkRopeHeadDim());
            case AttentionSpec.Gqa gqa -> Transformer.Attention.grouped(gqa.heads(), gqa.kvHeads(), gqa.headDim());
        };
        int moeLayers = 0;
        for (int layer = 0; layer < spec.layers(); layer++) {
            moeLayers += spec.isMoe(layer) ? 1 : 0;
        }
        Transformer.Experts experts = spec.moe().map(Planner::experts).orElse(Transformer.Experts.NONE);
        return new Transformer(
                name,
                spec.hiddenSize(),
                spec.vocabSize(),
                spec.tiedEmbeddings(),
                attention,
                spec.layers(),
                0,
                0,
                spec.layers() - moeLayers,
                spec.intermediateSize(),
                true,
                experts,
                moeLayers,
                0,
                0,
                spec.mtpModules(),
                true);
    }

    private static Transformer.Experts experts(MoeSpec moe) {
        return new Transformer.Experts(
                moe.routedExperts(),
                moe.expertsPerToken(),
                moe.intermediateSize(),
                moe.sharedExperts() * moe.intermediateSize(),
                0,
                moe.groups() > 1 ? moe.keptGroups() : 0);
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
