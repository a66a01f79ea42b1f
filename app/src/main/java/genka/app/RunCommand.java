package genka.app;

import genka.books.Bill;
import genka.books.Ledger;
import genka.books.RunSummary;
import genka.books.UseClock;
import genka.catalog.RecipeReader;
import genka.catalog.ResolvedRecipe;
import genka.kernel.VectorSupport;
import genka.train.EarlierRun;
import genka.train.RunResult;
import genka.train.TrainingRun;
import genka.units.GenkaException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Trains a recipe on this machine. */
@Command(
        name = "run",
        header = "Train a recipe on this machine, or go on with a run that stopped.",
        synopsisHeading = "%nUsage: ",
        footer = {
            "",
            "Ctrl-C writes a checkpoint and stops; a second Ctrl-C stops at once.",
            "",
            "Examples:",
            "  ./genka run recipes/r1-zero-tiny.yaml",
            "  ./genka run recipes/r1-zero-tiny.yaml --seed 7 --set stages.grpo.steps=40",
            "  ./genka run recipes/text-tiny.yaml --set data.path=my-texts",
            "  ./genka run recipes/r1-zero-tiny.yaml --continue-from last@pretrain --set stages.0.steps=50",
            "  ./genka run --resume last"
        })
final class RunCommand implements Callable<Integer> {
    private static final int INTERRUPTED = 130;
    private final Terminal terminal;

    @Parameters(arity = "0..1", paramLabel = "RECIPE", description = "A recipe: a YAML file such as those in recipes/.")
    @Nullable
    Path recipe;

    @Option(
            names = "--resume",
            paramLabel = "RUN",
            description = "Go on with this run from its last checkpoint: its name, the beginning of it, or last.")
    @Nullable
    String resume;

    @Option(
            names = "--continue-from",
            paramLabel = "RUN[@STAGE]",
            description =
                    "Start from the weights this run ended with, or from those a stage of it left, instead of random"
                            + " ones. The model must be the same.")
    @Nullable
    String continueFrom;

    @Mixin
    RecipeChanges changes = new RecipeChanges();

    @Option(names = "--seed", paramLabel = "N", description = "The same as --set seed=N.")
    @Nullable
    Long seed;

    @Option(names = "--watch", description = "Serve the run's page live to this machine's browsers while it goes on.")
    boolean watch;

    @Option(names = "--json", description = "Print the result as one JSON object.")
    boolean json;

    @Mixin
    Home home = new Home();

    @Mixin
    HelpOption help = new HelpOption();

    RunCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        VectorWarning.print(terminal, VectorSupport.detect());
        ProgressView view = new ProgressView(terminal, System::nanoTime);
        UseClock clock = new UseClock(System::nanoTime, ProcessStart.nanoTime());
        TrainingRun run = prepared(clock, view);
        Interruption interruption = Interruption.handle(() -> stop(run, view));
        try (LiveRun _ = watch ? LiveRun.start(home, run.run(), view) : LiveRun.NONE) {
            RunResult result = execute(run, view);
            report(result, view);
            terminal.out().flush();
            return result.state() == RunResult.State.FINISHED ? 0 : INTERRUPTED;
        } finally {
            interruption.close();
        }
    }

    private TrainingRun prepared(UseClock clock, ProgressView view) {
        if (resume != null) {
            boolean otherRecipe = changes.set.values.stream().anyMatch(override -> !override.startsWith("budget."));
            if (recipe != null || otherRecipe || seed != null || continueFrom != null) {
                throw GenkaException.user(
                        "--resume goes on with the run's own recipe, so no other recipe, --seed, --continue-from or"
                                + " --set can be given with it (but --set budget.…). Maybe start a new run without"
                                + " --resume.");
            }
            try (Ledger ledger = Ledger.open(home.path())) {
                RunSummary stopped = home.run(ledger, resume);
                ResolvedRecipe resolved = RecipeReader.read(
                        home.keptFolder(stopped).resolve("recipe.yaml"), changes.overrides(), this::typed);
                return TrainingRun.resume(home.path(), stopped.id(), resolved.recipe(), clock, view);
            }
        }
        if (recipe == null) {
            throw GenkaException.user(
                    "run needs a recipe, or --resume and a run. Maybe ./genka run recipes/r1-zero-tiny.yaml");
        }
        List<String> all = changes.overrides();
        if (seed != null) {
            all.add("seed=" + seed);
        }
        ResolvedRecipe resolved = continueFrom == null
                ? RecipeReader.read(recipe, all, this::typed)
                : continued(recipe, all, continueFrom);
        TrainingRun run =
                TrainingRun.start(home.path(), resolved.recipe(), resolved.yaml(), resolved.hash(), clock, view);
        LocalPlans.keep(resolved.recipe(), home.path(), run.folder());
        return run;
    }

    /** The recipe with the weights of another run, which it then names. */
    private ResolvedRecipe continued(Path file, List<String> all, String from) {
        RunWeights earlier = RunWeights.named(from, home);
        String run = earlier.run().id();
        all.add("model.weights='" + earlier.folder().toString().replace("'", "''") + "'");
        all.add("model.continued_from=" + run
                + earlier.stage().map(name -> "@" + name).orElse(""));
        ResolvedRecipe resolved = RecipeReader.read(file, all, this::typed);
        EarlierRun.requireSameTokens(run, earlier.recipe(), resolved.recipe());
        return resolved;
    }

    private String typed(String override) {
        return override.equals("seed=" + seed) ? "--seed " + seed : changes.typed(override);
    }

    private static void stop(TrainingRun run, ProgressView view) {
        view.say("stopping after this step, with a checkpoint; Ctrl-C again stops at once");
        run.requestStop();
    }

    /** A run that fails leaves its page, too; that page's own trouble would only hide what went wrong. */
    private RunResult execute(TrainingRun run, ProgressView view) {
        try {
            return run.execute();
        } catch (RuntimeException failed) {
            page(run.run(), _ -> {}).ifPresent(file -> view.say("how it went: " + file));
            throw failed;
        }
    }

    private void report(RunResult result, ProgressView view) {
        Bill bill = Bills.of(home, result.run(), Bills.RENT);
        Optional<Path> page = page(result.run(), problem -> view.notice("no report: " + Failures.words(problem)));
        if (json) {
            Json.print(terminal, RunView.of(result, bill));
        }
        if (result.state() == RunResult.State.STOPPED) {
            view.say("stopped; go on with: ./genka run --resume " + result.run() + home.option());
        } else if (!json) {
            new RunReport(terminal, result, bill, page, home.option()).print();
        }
    }

    /** A run that is over has succeeded, also where its page cannot be written. */
    private Optional<Path> page(String run, Consumer<RuntimeException> told) {
        try {
            return Optional.of(Reports.write(home, List.of(run), null).file());
        } catch (RuntimeException unwritable) {
            told.accept(unwritable);
            return Optional.empty();
        }
    }
}
