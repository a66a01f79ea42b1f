package genka.train;

import genka.books.UseClock;
import genka.catalog.Recipe;
import genka.catalog.StageSpec;
import genka.kernel.Gemm;
import genka.model.Model;
import genka.model.ModelFiles;
import genka.model.Parameters;
import genka.model.Tokenizer;
import genka.model.Tokenizers;
import genka.model.WeightInit;
import genka.units.GenkaException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The models of a run. One is at hand; what each stage left is kept in the run's folder under {@code stages/}, in Hugging Face's format, for the
 * stages that start from it and for whoever wants to look.
 */
final class StageModels {
    /** Weights as a model begins. */
    private static final int FIRST_WEIGHTS = -1;

    /** Weights that no stage left yet. */
    private static final int CHANGED = -2;

    private final Recipe recipe;
    private final Path folder;
    private final Tokenizer tokenizer;
    private final Gemm gemm;
    private final UseClock clock;
    private final RunEvents events;
    private final LongConsumer evaluated;
    private final Lineage lineage;
    private @Nullable Workbench bench;
    private String nameAtHand = "";

    /** The stage that left the weights at hand, or one of the two below. */
    private int held = CHANGED;

    /** @param evaluated told of answers that evaluations generated */
    StageModels(
            Recipe recipe,
            Path folder,
            Tokenizer tokenizer,
            Gemm gemm,
            UseClock clock,
            RunEvents events,
            LongConsumer evaluated) {
        this.recipe = recipe;
        this.folder = folder;
        this.tokenizer = tokenizer;
        this.gemm = gemm;
        this.clock = clock;
        this.events = events;
        this.evaluated = evaluated;
        this.lineage = new Lineage(recipe.stages());
    }

    /** The model at hand. */
    Workbench bench() {
        return Objects.requireNonNull(bench);
    }

    /** The earlier stage whose weights a stage starts from. */
    Optional<String> origin(int stage) {
        OptionalInt origin = lineage.origin(stage);
        return origin.isPresent()
                ? Optional.of(recipe.stages().get(origin.getAsInt()).name())
                : Optional.empty();
    }

    /** Puts at hand what a checkpoint holds: weights in the middle of its stage, or those the stage before it left. */
    void restore(Checkpoint from) {
        int stage = from.header().stage();
        boolean underWay = from.header().step() > 0;
        if (!underWay && stage == 0) {
            return;
        }
        int holder = underWay ? stage : stage - 1;
        take(recipe.stages().get(holder).inputs().model());
        Parameters parameters = bench().model.parameters();
        copy(from, "values", parameters.values());
        copy(from, "buffers", parameters.buffers());
        boolean changing = underWay && recipe.stages().get(stage) instanceof StageSpec.Training;
        held = changing ? CHANGED : lineage.held(holder).orElse(FIRST_WEIGHTS);
        // A kill may have come between the checkpoint and the stage's folder.
        if (held >= 0 && !Files.exists(stageFolder(held).resolve("config.json"))) {
            keep(held);
        }
    }

    /** Puts at hand what a stage starts from. */
    Workbench at(int stage) {
        StageSpec spec = recipe.stages().get(stage);
        String name = spec.inputs().model();
        int wanted = lineage.origin(stage).orElse(FIRST_WEIGHTS);
        if (held != wanted || !nameAtHand.equals(name)) {
            take(name);
            if (wanted == FIRST_WEIGHTS) {
                begin(recipe.model(name));
            } else {
                load(stageFolder(wanted));
            }
        }
        held = spec instanceof StageSpec.Training ? CHANGED : wanted;
        return bench();
    }

    /** The stage is over: keeps what it left. */
    void trained(int stage) {
        if (recipe.stages().get(stage) instanceof StageSpec.Training) {
            held = stage;
            keep(stage);
        }
    }

    /** What the last stage leaves is the run's model, unless other models take its place before that is saved. */
    private void keep(int stage) {
        if (stage + 1 < recipe.stages().size() || recipe.models().size() > 1) {
            save(bench().model, stageFolder(stage));
        }
    }

    /**
     * Saves every model as its last stage left it: the recipe's own under {@code model/}, which is at hand then, others under {@code
     * models/NAME/}. Returns the folder of the recipe's own, or when it was not trained of the last other.
     */
    Path saveLast() {
        Path last = folder.resolve("model");
        List<String> names = new ArrayList<>(recipe.models().keySet());
        // The recipe's own comes first in the recipe and last here.
        for (String name : names.reversed()) {
            OptionalInt stage = lineage.left(name, recipe.stages().size());
            if (stage.isPresent()) {
                if (held != stage.getAsInt()) {
                    take(name);
                    load(stageFolder(stage.getAsInt()));
                    held = stage.getAsInt();
                }
                last = name.equals(Recipe.MAIN)
                        ? folder.resolve("model")
                        : folder.resolve("models").resolve(name);
                save(bench().model, last);
            }
        }
        return last;
    }

    private void save(Model model, Path to) {
        ModelFiles.save(model, to, Tokenizers.files(recipe.tokenizer()));
    }

    private Path stageFolder(int stage) {
        return folder.resolve("stages").resolve(recipe.stages().get(stage).name());
    }

    /** Makes room for a model; its weights are whatever they are. */
    private void take(String name) {
        if (!nameAtHand.equals(name)) {
            bench = null;
            Model model = new Model(
                    recipe.model(name).spec(), Parameters.of(recipe.model(name).spec()));
            bench = new Workbench(model, gemm, tokenizer, clock, events, recipe.seed(), evaluated);
            nameAtHand = name;
        }
    }

    private void begin(Recipe.ModelSource source) {
        if (source.weightsPath().isPresent()) {
            load(Path.of(source.weightsPath().get()));
        } else {
            WeightInit.fill(bench().model, source.init(), recipe.seed(), gemm.team());
        }
    }

    private void load(Path from) {
        Parameters read = ModelFiles.load(from).parameters();
        Parameters to = bench().model.parameters();
        System.arraycopy(read.values(), 0, to.values(), 0, to.values().length);
        System.arraycopy(read.buffers(), 0, to.buffers(), 0, to.buffers().length);
    }

    private void copy(Checkpoint from, String name, float[] to) {
        float[] array = from.arrays().get(name);
        if (array == null || array.length != to.length) {
            throw GenkaException.user("The checkpoint of run " + folder.getFileName()
                    + " holds another model than its recipe.yaml. Maybe that was edited?");
        }
        System.arraycopy(array, 0, to, 0, to.length);
    }
}
