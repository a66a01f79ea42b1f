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
import genka.units.Fault;
import genka.units.GenkaException;
import genka.units.Words;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Trains the same stage in float and in simulated FP8 and compares the losses, as DeepSeek-V3 did (arXiv 2412.19437 §B.1). */
@Command(
        name = "fp8",
        header = "Loss error of training in simulated FP8 against float: same data, same seed.",
        synopsisHeading = "%nUsage: ",
        footer = {
            "",
            "Trains the first stage of the recipe twice, in a folder that is removed afterwards. Losses are smoothed",
            "as in DeepSeek-V3's report (average of 0.9 decay), which found an error below 0.25 %.",
            "",
            "Examples:",
            "  ./genka bench fp8 recipes/r1-zero-tiny.yaml --steps 100",
            "  ./genka bench fp8 recipes/text-tiny.yaml --set data.path=my-texts --steps 50 --json"
        })
final class BenchFp8Command implements Callable<Integer> {
    private static final double DECAY = 0.9;
    private static final int ROWS = 10;
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
     * @param meanRelativeError of the smoothed losses, over the steps after the first tenth, which the average needs to settle
     * @param largestRelativeError among the same steps
     */
    record Report(
            long steps,
            double[] lossFloat,
            double[] lossFp8,
            double meanRelativeError,
            double largestRelativeError,
            double finalRelativeError) {
        static Report of(double[] lossFloat, double[] lossFp8) {
            double[] a = smoothed(lossFloat);
            double[] b = smoothed(lossFp8);
            double sum = 0;
            double largest = 0;
            int from = a.length / 10;
            for (int i = from; i < a.length; i++) {
                double error = Math.abs(b[i] - a[i]) / a[i];
                sum += error;
                largest = Math.max(largest, error);
            }
            int last = a.length - 1;
            return new Report(a.length, a, b, sum / (a.length - from), largest, Math.abs(b[last] - a[last]) / a[last]);
        }

        private static double[] smoothed(double[] values) {
            double[] smooth = values.clone();
            for (int i = 1; i < smooth.length; i++) {
                smooth[i] = DECAY * smooth[i - 1] + (1 - DECAY) * values[i];
            }
            return smooth;
        }
    }

    @Override
    public Integer call() {
        VectorWarning.print(terminal, VectorSupport.detect());
        Path home = temporary();
        try {
            Report report = Report.of(losses(home, "float"), losses(home, "fp8-sim"));
            if (json) {
                Json.print(terminal, report);
            } else {
                print(report);
            }
            return 0;
        } finally {
            remove(home);
        }
    }

    private double[] losses(Path home, String precision) {
        List<String> all = changes.overrides();
        all.add("precision=" + precision);
        if (steps != null) {
            all.add("stages.0.steps=" + steps);
        }
        ResolvedRecipe resolved = RecipeReader.read(recipe, all);
        Recipe first = firstStage(resolved.recipe());
        ProgressView view = new ProgressView(terminal, System::nanoTime);
        view.say("in " + precision);
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

    private static Recipe firstStage(Recipe whole) {
        StageSpec first = whole.stages().getFirst();
        if (!(first instanceof StageSpec.Supervised)) {
            throw GenkaException.user("The recipe's first stage (" + first.name()
                    + ") has no loss to compare. Maybe recipes/r1-zero-tiny.yaml, which begins with pretrain?");
        }
        return new Recipe(
                whole.name(),
                whole.about(),
                whole.seed(),
                whole.models(),
                whole.tokenizer(),
                whole.sources(),
                List.of(first),
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
        terminal.out()
                .println("relative loss error: mean " + percent(report.meanRelativeError()) + ", largest "
                        + percent(report.largestRelativeError()) + ", at the end "
                        + percent(report.finalRelativeError()) + " (DeepSeek-V3: below 0.25 %)");
    }

    private static String percent(double share) {
        return Words.decimal(100 * share, 3) + " %";
    }

    private static Path temporary() {
        try {
            return Files.createTempDirectory("genka-fp8-");
        } catch (IOException e) {
            throw new GenkaException(
                    Fault.RESOURCE, "No temporary folder (" + e.getMessage() + "). Maybe the disk is full?", e);
        }
    }

    private static void remove(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException _) {
            // The system clears its temporary folder.
        }
    }
}
