package genka.app;

import genka.books.UseClock;
import genka.catalog.Recipe;
import genka.catalog.RecipeReader;
import genka.catalog.ResolvedRecipe;
import genka.catalog.StageSpec;
import genka.kernel.VectorSupport;
import genka.report.Metrics;
import genka.train.RunResult;
import genka.train.TrainingRun;
import genka.units.GenkaException;
import genka.units.Words;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Trains the same stage in float, in simulated FP8 and in float rounded otherwise, and compares the losses, as DeepSeek-V3 did (arXiv 2412.19437 §B.1). */
@Command(
        name = "fp8",
        header = "Loss error of training in simulated FP8 against float: same data, same seed.",
        synopsisHeading = "%nUsage: ",
        footer = {
            "",
            "Trains the first stage of the recipe three times, in a folder that is removed afterwards: in",
            "float, in FP8, and in float with a learning rate one bit higher, which shows how far rounding",
            "alone drives two runs apart. Losses are smoothed as in DeepSeek-V3's report (average of 0.9",
            "decay), which found an error below 0.25 %%.",
            "",
            "Examples:",
            "  ./genka bench fp8 recipes/r1-zero-tiny.yaml --steps 100",
            "  ./genka bench fp8 recipes/text-tiny.yaml --set data.path=my-texts --steps 200 --json"
        })
final class BenchFp8Command implements Callable<Integer> {
    private static final int ROWS = 10;

    /** Relative loss error below which DeepSeek-V3 stayed (arXiv 2412.19437 §3.3). */
    private static final double PUBLISHED = 0.0025;

    private final Terminal terminal;

    @Parameters(paramLabel = "RECIPE", description = "A recipe whose first stage is pretrain or sft.")
    Path recipe = Path.of("");

    @Option(names = "--steps", paramLabel = "N", description = "Otherwise as many as the stage has.")
    @Nullable
    Long steps;

    @Mixin
    RecipeChanges changes = new RecipeChanges();

    @Option(names = "--json", description = "Print the figures as one JSON object.")
    boolean json;

    @Mixin
    HelpOption help = new HelpOption();

    BenchFp8Command(Terminal terminal) {
        this.terminal = terminal;
    }

    /**
     * What {@code --json} prints.
     *
     * @param lossFloat smoothed, step by step
     * @param fp8 of FP8 against float
     * @param rounding of float with a learning rate one bit higher against float: how far rounding alone drives two runs apart
     */
    record Report(long steps, double[] lossFloat, double[] lossFp8, LossError fp8, LossError rounding) {}

    @Override
    public Integer call() {
        VectorWarning.print(terminal, VectorSupport.detect());
        try (TemporaryFolder home = TemporaryFolder.of("genka-fp8-")) {
            Report report = report(home.path());
            if (json) {
                Json.print(terminal, report);
            } else {
                print(report);
            }
            return 0;
        }
    }

    private Report report(Path home) {
        double rate = firstStage(RecipeReader.read(recipe, changes.overrides(), changes::typed)
                        .recipe())
                .optimizer()
                .learningRate();
        double[] floats = losses(home, "in float", List.of("precision=float"));
        double[] rounded = losses(
                home,
                "in float, rounded otherwise",
                List.of("precision=float", "stages.0.optimizer.learning_rate=" + Math.nextUp((float) rate)));
        double[] fp8 = losses(home, "in FP8", List.of("precision=fp8-sim"));
        return new Report(
                floats.length,
                LossError.smoothed(floats),
                LossError.smoothed(fp8),
                LossError.of(fp8, floats),
                LossError.of(rounded, floats));
    }

    private double[] losses(Path home, String how, List<String> own) {
        List<String> all = changes.overrides();
        all.addAll(own);
        if (steps != null) {
            all.add("stages.0.steps=" + steps);
        }
        ResolvedRecipe resolved = RecipeReader.read(recipe, all, changes::typed);
        Recipe first = only(firstStage(resolved.recipe()), resolved.recipe());
        ProgressView view = new ProgressView(terminal, System::nanoTime);
        view.say(how);
        UseClock clock = new UseClock(System::nanoTime, System.nanoTime());
        TrainingRun run = TrainingRun.start(home, first, resolved.yaml(), resolved.hash(), clock, view);
        try (Interruption _ = Interruption.handle(run::requestStop)) {
            if (run.execute().state() == RunResult.State.STOPPED) {
                throw GenkaException.user("The comparison was stopped. Maybe fewer --steps?");
            }
        }
        String stage = first.stages().getFirst().name();
        return Metrics.read(run.folder().resolve("metrics.jsonl"))
                .stage(stage)
                .flatMap(metrics -> metrics.figure("loss"))
                .orElseThrow()
                .values();
    }

    private static StageSpec.Supervised firstStage(Recipe whole) {
        if (whole.stages().getFirst() instanceof StageSpec.Supervised first) {
            return first;
        }
        throw GenkaException.user("The recipe's first stage ("
                + whole.stages().getFirst().name()
                + ") has no loss to compare. Maybe recipes/r1-zero-tiny.yaml, which begins with pretrain?");
    }

    private static Recipe only(StageSpec stage, Recipe whole) {
        return new Recipe(
                whole.name(),
                whole.about(),
                whole.seed(),
                whole.models(),
                whole.tokenizer(),
                whole.sources(),
                List.of(stage),
                whole.checkpoint(),
                whole.where(),
                whole.budget());
    }

    private void print(Report report) {
        Table table = Table.of(">step", ">loss in float", ">in FP8", ">relative error");
        for (int row = 1; row <= ROWS; row++) {
            int i = (int) (report.steps() * row / ROWS) - 1;
            if (i >= 0) {
                double a = report.lossFloat()[i];
                double b = report.lossFp8()[i];
                table.row(Integer.toString(i + 1), Words.decimal(a, 4), Words.decimal(b, 4), percent((b - a) / a));
            }
        }
        terminal.out().print(table.text("  ", terminal.style()));
        terminal.out().println();
        Table errors = Table.of("relative loss error", ">mean", ">largest", ">bias", ">at the end");
        row(errors, "FP8 against float", report.fp8());
        row(errors, "float rounded otherwise", report.rounding());
        terminal.out().print(errors.text("  ", terminal.style()));
        terminal.out()
                .println("DeepSeek-V3 reports below " + percent(PUBLISHED)
                        + " for models of 16 and 230 billion parameters.");
    }

    private static void row(Table table, String name, LossError error) {
        table.row(name, percent(error.mean()), percent(error.largest()), percent(error.bias()), percent(error.atEnd()));
    }

    private static String percent(double share) {
        return Words.decimal(100 * share, 3) + " %";
    }
}
