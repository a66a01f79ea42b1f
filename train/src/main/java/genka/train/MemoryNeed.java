package genka.train;

import genka.catalog.ModelSpec;
import genka.catalog.Recipe;
import genka.catalog.StageSpec;
import genka.model.ModelMemory;
import genka.units.DataSize;
import genka.units.GenkaException;
import java.lang.management.ManagementFactory;

/** Refuses a recipe that this machine cannot hold, or that was written for a fleet, before anything is allocated. */
final class MemoryNeed {
    /** Rows a policy update runs at a time, at most. */
    private static final long UPDATE_ROWS = 8192;

    private MemoryNeed() {}

    /** What the stage that takes most takes. */
    static ModelMemory of(Recipe recipe) {
        return recipe.stages().stream()
                .map(stage -> plusCopies(withOptimizer(of(recipe, stage), recipe, stage), stage.weights()))
                .reduce((a, b) -> a.total() >= b.total() ? a : b)
                .orElseGet(() -> ModelMemory.inference(recipe.model().spec()));
    }

    private static ModelMemory withOptimizer(ModelMemory memory, Recipe recipe, StageSpec stage) {
        boolean muon = stage instanceof StageSpec.Training training
                && training.optimizer().muon().isPresent();
        ModelSpec spec = recipe.model(stage.inputs().model()).spec();
        return muon ? memory.withMuon(spec, TrainingRun.threads(recipe)) : memory;
    }

    /** An average and the best weights so far are a copy each. */
    private static ModelMemory plusCopies(ModelMemory memory, StageSpec.WeightSpec weights) {
        ModelMemory averaged = weights.ema() > 0 ? memory.plusReference() : memory;
        return weights.endWith() == StageSpec.WeightSpec.End.BEST ? averaged.plusReference() : averaged;
    }

    private static ModelMemory of(Recipe recipe, StageSpec stage) {
        ModelSpec spec = recipe.model(stage.inputs().model()).spec();
        return switch (stage) {
            case StageSpec.Supervised supervised -> {
                long sequences = Math.ceilDiv(supervised.batch(), supervised.accumulate());
                int longest = supervised.sequenceLength();
                yield ModelMemory.training(spec, sequences * longest, longest, TrainingRun.threads(recipe));
            }
            case StageSpec.Grpo grpo -> {
                long answers = (long) grpo.prompts() * grpo.group();
                long parts = (long) grpo.objective().minibatches() * grpo.accumulate();
                long groups = Math.ceilDiv(grpo.prompts(), parts);
                long rows = Math.min(UPDATE_ROWS, groups * grpo.group() * grpo.maxNewTokens());
                long logits = grpo.objective().weighsByAdvantage() ? 0 : rows;
                ModelMemory memory = ModelMemory.training(spec, rows)
                        .plusLogits(spec, logits)
                        .plusCache(spec, answers, grpo.maxNewTokens());
                yield grpo.objective().klBeta() > 0 ? memory.plusReference() : memory;
            }
            case StageSpec.RejectionSample sampling ->
                ModelMemory.inference(spec)
                        .plusCache(spec, (long) sampling.batch() * sampling.samples(), sampling.maxNewTokens());
        };
    }

    static void check(Recipe recipe) {
        ModelMemory memory = of(recipe);
        DataSize machine = DataSize.ofBytes(machineBytes());
        long usable = Math.min(machineBytes(), Runtime.getRuntime().maxMemory());
        if (recipe.where() instanceof Recipe.Placement.Fleet fleet) {
            DataSize state = DataSize.ofBytes(memory.weights() + memory.gradients() + memory.moments());
            String advice = memory.total() <= usable
                    ? "Maybe remove the where section to run it here?"
                    : "Maybe start with recipes/r1-zero-tiny.yaml?";
            throw GenkaException.user(String.format(
                    "Recipe %s is for %d %s: weights, gradients and moments alone need %s (%,d parameters), this machine has %s. %s",
                    recipe.name(), fleet.count(), fleet.accelerator(), state, memory.parameters(), machine, advice));
        }
        memory.requireFits(usable);
    }

    private static long machineBytes() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                ? system.getTotalMemorySize()
                : Runtime.getRuntime().maxMemory();
    }
}
