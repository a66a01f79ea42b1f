package genka.app;

import genka.books.UseClock;
import genka.catalog.GenkaRoot;
import genka.catalog.RecipeReader;
import genka.catalog.ResolvedRecipe;
import genka.catalog.StageSpec;
import genka.plan.LocalMachine;
import genka.plan.LocalWork;
import genka.train.RunEvents;
import genka.train.StageLengths;
import genka.train.TrainingRun;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/** Trains the tiny recipe for a few seconds, as a run with AdamW does, and watches how its speed comes up. */
final class LocalProbe implements RunEvents {
    private final long processStart = ProcessStart.nanoTime();
    private final double until;
    private final List<LocalMachine.Mark> marks = new ArrayList<>();
    private double began = Double.NaN;
    private Runnable stop = () -> {};

    /** @param until seconds of the process's life */
    private LocalProbe(double until) {
        this.until = until;
    }

    static LocalMachine measure(double until) {
        ResolvedRecipe tiny = RecipeReader.read(
                GenkaRoot.path().resolve("recipes/r1-zero-tiny.yaml"),
                List.of(
                        "stages.pretrain.evaluate_every=0",
                        "stages.pretrain.sample_every=0",
                        "stages.pretrain.optimizer={kind: adamw, learning_rate: 2e-3}"));
        LocalProbe probe = new LocalProbe(until);
        try (TemporaryFolder home = TemporaryFolder.of("genka-calibrate-")) {
            TrainingRun run = TrainingRun.start(
                    home.path(),
                    tiny.recipe(),
                    tiny.yaml(),
                    tiny.hash(),
                    new UseClock(System::nanoTime, probe.processStart),
                    probe);
            probe.stop = run::requestStop;
            run.execute();
        }
        StageSpec.Supervised first =
                (StageSpec.Supervised) tiny.recipe().stages().getFirst();
        return LocalMachine.of(
                Runtime.getRuntime().availableProcessors(),
                probe.began,
                probe.marks,
                new LocalWork(tiny.recipe(), new StageLengths(tiny.recipe())).step(first),
                LocalDate.now(ZoneOffset.UTC).toString());
    }

    @Override
    public void stageStarted(String stage, int index, int of) {
        began = seconds();
    }

    @Override
    public void progress(Progress progress) {
        marks.add(new LocalMachine.Mark(seconds() - began, progress.step()));
        if (seconds() > until && marks.size() >= LocalMachine.WATCHED_STEPS) {
            stop.run();
        }
    }

    private double seconds() {
        return (System.nanoTime() - processStart) * 1e-9;
    }
}
