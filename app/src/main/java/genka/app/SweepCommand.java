package genka.app;

import genka.books.Bill;
import genka.books.BillTerms;
import genka.books.Ledger;
import genka.books.RunSummary;
import genka.books.UseClock;
import genka.kernel.VectorSupport;
import genka.train.TrainingRun;
import genka.units.Fault;
import genka.units.GenkaException;
import genka.units.Words;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs a recipe with every combination of some values, one run after the other. */
@Command(
        name = "sweep",
        header = "Run a recipe with every combination of some values: one table, one bill.",
        synopsisHeading = "%nUsage: ",
        footer = {
            "",
            "The same command goes on where a stopped or killed sweep was; what is finished stays.",
            "A stage's own value goes before the recipe's, so name the stage where it has one.",
            "",
            "Examples:",
            "  ./genka sweep recipes/r1-zero-tiny.yaml --over stages.grpo.optimizer.lr=1e-3,2e-3 --seeds 1,2,3",
            "  ./genka sweep recipes/text-tiny.yaml --set data.path=my-texts --over precision=float,fp8-sim"
        })
final class SweepCommand implements Callable<Integer> {
    private static final int INTERRUPTED = 130;
    private final Terminal terminal;
    private volatile boolean stopping;
    private volatile @Nullable TrainingRun underWay;

    @Parameters(paramLabel = "RECIPE", description = "A recipe: a YAML file such as those in recipes/.")
    Path recipe = Path.of("");

    @Option(
            names = "--over",
            paramLabel = "KEY=V1,V2",
            description = "A key of the recipe and its values. Can be repeated: every combination runs.")
    List<String> over = new ArrayList<>();

    @Option(names = "--seeds", paramLabel = "N1,N2", description = "The same as --over seed=N1,N2, last.")
    @Nullable
    String seeds;

    @Mixin
    RecipeChanges changes = new RecipeChanges();

    @Option(names = "--again", description = "Run everything anew, also what is finished.")
    boolean again;

    @Option(names = "--json", description = "Print the result as one JSON object.")
    boolean json;

    @Mixin
    Home home = new Home();

    @Mixin
    HelpOption help = new HelpOption();

    SweepCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    /** What {@code --json} prints; {@code bill} is that of the best run with the others as its experiments. */
    record Outcome(List<SweepRow> runs, @Nullable String best, RunView.@Nullable Cost bill) {}

    @Override
    public Integer call() {
        VectorWarning.print(terminal, VectorSupport.detect());
        List<SweepPoints.Point> points = points();
        // Hours may lie between the first and the last: what is wrong with the last is told now.
        points.forEach(SweepCommand::check);
        ProgressView view = new ProgressView(terminal, System::nanoTime);
        Interruption interruption = Interruption.handle(() -> stop(view));
        try {
            List<SweepRow> rows = new ArrayList<>();
            for (int i = 0; i < points.size() && !stopping; i++) {
                view.say("run " + (i + 1) + " of " + points.size() + ": "
                        + points.get(i).words());
                rows.add(done(points.get(i), i == 0, view));
            }
            print(rows);
            if (stopping) {
                view.say("stopped; the same command goes on");
            }
            terminal.out().flush();
            return stopping ? INTERRUPTED : 0;
        } finally {
            interruption.close();
        }
    }

    private List<SweepPoints.Point> points() {
        List<String> all = new ArrayList<>(over);
        if (seeds != null) {
            all.add("seed=" + seeds);
        }
        if (all.isEmpty()) {
            throw GenkaException.user("sweep needs --over or --seeds. Maybe --seeds 1,2,3?");
        }
        return SweepPoints.read(recipe, all, changes.overrides(), changes::typed);
    }

    private static void check(SweepPoints.Point point) {
        try {
            TrainingRun.check(point.recipe().recipe());
        } catch (GenkaException wrong) {
            throw new GenkaException(wrong.fault(), "--over " + point.words() + ": " + wrong.getMessage(), wrong);
        }
    }

    private void stop(ProgressView view) {
        stopping = true;
        view.say("stopping after this step, with a checkpoint; Ctrl-C again stops at once");
        TrainingRun run = underWay;
        if (run != null) {
            run.requestStop();
        }
    }

    /** The row of a point: of the finished run, of the run it goes on with, or of a new one. A run that fails is a row too. */
    private SweepRow done(SweepPoints.Point point, boolean first, ProgressView view) {
        Optional<RunSummary> earlier = again ? Optional.empty() : known(point);
        if (earlier.filter(SweepRow::finished).isPresent()) {
            view.say("finished before: " + earlier.get().id());
            return SweepRow.of(point, earlier.get(), home.folder(earlier.get()));
        }
        UseClock clock = new UseClock(System::nanoTime, first ? ProcessStart.nanoTime() : System.nanoTime());
        TrainingRun run = earlier.isPresent()
                ? TrainingRun.resume(
                        home.path(), earlier.get().id(), point.recipe().recipe(), clock, view)
                : TrainingRun.start(
                        home.path(),
                        point.recipe().recipe(),
                        point.recipe().yaml(),
                        point.recipe().hash(),
                        clock,
                        view);
        underWay = run;
        try {
            // One that its budget stops is a row; only whoever asked it to stops the sweep.
            run.execute();
        } catch (GenkaException failure) {
            if (failure.fault() != Fault.USER) {
                throw failure;
            }
            view.notice(String.valueOf(failure.getMessage()));
        }
        try (Ledger ledger = Ledger.open(home.path())) {
            return SweepRow.of(point, ledger.run(run.run()), run.folder());
        }
    }

    private Optional<RunSummary> known(SweepPoints.Point point) {
        try (Ledger ledger = Ledger.open(home.path())) {
            return SweepRow.runOf(point, ledger);
        }
    }

    private void print(List<SweepRow> rows) {
        Optional<SweepRow> best = SweepRow.best(rows);
        Optional<Bill> bill = best.map(row -> bill(row, rows));
        if (json) {
            Json.print(
                    terminal,
                    new Outcome(
                            rows,
                            best.map(SweepRow::run).orElse(null),
                            bill.map(b -> new RunView.Cost(
                                            b.headline().amount(), b.full().amount()))
                                    .orElse(null)));
            return;
        }
        terminal.out().println();
        terminal.out().print(table(rows, best));
        bill.ifPresent(b -> {
            terminal.out().println();
            terminal.out().print(BillScreen.summary(b, terminal.style()));
        });
    }

    private String table(List<SweepRow> rows, Optional<SweepRow> best) {
        List<String> keys = rows.isEmpty()
                ? List.of()
                : List.copyOf(rows.getFirst().values().keySet());
        boolean text = rows.stream().anyMatch(row -> row.bitsPerByte() != null);
        Table table = Table.of(Stream.of(
                        Stream.of(""),
                        keys.stream().map(key -> ">" + key),
                        text ? Stream.of(">bits per byte") : Stream.of(">greedy accuracy", ">answer length"),
                        Stream.of(">took", ">USD", "state", "run"))
                .flatMap(part -> part)
                .toArray(String[]::new));
        for (SweepRow row : rows) {
            List<String> cells = new ArrayList<>();
            cells.add(best.filter(row::equals).isPresent() ? "best" : "");
            keys.forEach(key -> cells.add(row.values().getOrDefault(key, "")));
            if (text) {
                cells.add(row.bitsPerByte() == null ? "–" : Words.decimal(row.bitsPerByte(), 3));
            } else {
                cells.add(row.greedyAccuracy() == null ? "–" : Words.percent(row.greedyAccuracy()));
                cells.add(row.meanResponseTokens() == null ? "–" : Words.decimal(row.meanResponseTokens(), 1));
            }
            cells.addAll(List.of(Words.duration(row.wallS()), row.usd().toPlainString(), row.state(), row.run()));
            table.row(cells.toArray(String[]::new));
        }
        return table.text("  ", terminal.style());
    }

    /** The best run's bill, with the others as the experiments it took to find it. */
    private Bill bill(SweepRow best, List<SweepRow> rows) {
        try (Ledger ledger = Ledger.open(home.path())) {
            List<RunSummary> others = rows.stream()
                    .filter(row -> !row.equals(best))
                    .map(row -> ledger.run(row.run()))
                    .toList();
            return Bill.of(ledger.run(best.run()), others, BillTerms.named(Bills.RENT));
        }
    }
}
