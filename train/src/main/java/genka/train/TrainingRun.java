package genka.train;

import genka.books.UseClock;
import genka.catalog.Recipe;
import java.nio.file.Path;

/** One run of a recipe: its folder, its stages in order, its checkpoints. Start it or resume it, then {@link #execute}. */
public final class TrainingRun {
    private final Recipe recipe;
    private final Path folder;
    private final UseClock clock;
    private final RunEvents events;
    private volatile boolean stopRequested;

    private TrainingRun(Recipe recipe, Path folder, UseClock clock, RunEvents events) {
        this.recipe = recipe;
        this.folder = folder;
        this.clock = clock;
        this.events = events;
    }

    /**
     * Prepares a new run under {@code home/runs}.
     *
     * @param yaml the resolved recipe, stored with the run
     * @param hash of the resolved recipe: runs with the same one are experiments of the same recipe
     * @throws genka.units.GenkaException USER when this machine cannot run the recipe, with the reason in numbers
     */
    public static TrainingRun start(
            Path home, Recipe recipe, String yaml, String hash, UseClock clock, RunEvents events) {
        return new TrainingRun(recipe, home.resolve("runs").resolve(yaml + hash), clock, events);
    }

    /**
     * Goes on with a run that was stopped or killed.
     *
     * @param recipe read from the run's own recipe.yaml
     */
    public static TrainingRun resume(Path home, String run, Recipe recipe, UseClock clock, RunEvents events) {
        return new TrainingRun(recipe, home.resolve("runs").resolve(run), clock, events);
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
        throw new UnsupportedOperationException("not yet: " + recipe.name() + clock.use() + events + stopRequested);
    }
}
