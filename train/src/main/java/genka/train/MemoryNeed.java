package genka.train;

import genka.catalog.ParameterCount;
import genka.catalog.Recipe;
import genka.catalog.StageSpec;
import genka.units.DataSize;
import genka.units.GenkaException;
import java.lang.management.ManagementFactory;

/**
 * What training a recipe takes in memory, computed without allocating any: for each parameter weight, gradient and AdamW's two moments in
 * float32 (16 bytes), a reference policy where a stage has one, and about what a step's activations need.
 */
record MemoryNeed(long parameters, long weightBytes, long activationBytes) {
    private static final int BYTES_PER_PARAMETER = 16;

    static MemoryNeed of(Recipe recipe) {
        long parameters = ParameterCount.of(recipe.model().spec()).total();
        boolean reference = false;
        long rows = 0;
        for (StageSpec stage : recipe.stages()) {
            switch (stage) {
                case StageSpec.Supervised supervised ->
                    rows = Math.max(
                            rows, (long) supervised.batch() / supervised.accumulate() * supervised.sequenceLength());
                case StageSpec.Grpo grpo -> {
                    reference |= grpo.objective().klBeta() > 0;
                    rows = Math.max(rows, Math.min(8192, (long) grpo.prompts() * grpo.group() * grpo.maxNewTokens()));
                }
            }
        }
        return new MemoryNeed(
                parameters,
                parameters * (BYTES_PER_PARAMETER + (reference ? Float.BYTES : 0)),
                rows * valuesPerRow(recipe) * Float.BYTES);
    }

    /** Kept for the backward pass, about: a dozen vectors of the hidden size and the feed-forward's, in each layer, and the logits. */
    private static long valuesPerRow(Recipe recipe) {
        var spec = recipe.model().spec();
        long feedForward = spec.moe()
                .map(moe -> (long) moe.intermediateSize() * (moe.expertsPerToken() + moe.sharedExperts()))
                .orElse((long) spec.intermediateSize());
        return spec.layers() * (12L * spec.hiddenSize() + 4 * feedForward) + 2L * spec.vocabSize();
    }

    long bytes() {
        return weightBytes + activationBytes;
    }

    /** Refuses what does not fit in this process's memory, or was written for a fleet. */
    void check(Recipe recipe) {
        long machine = machineBytes();
        long usable = Math.min(machine, Runtime.getRuntime().maxMemory());
        boolean fits = bytes() <= usable;
        if (recipe.where() instanceof Recipe.Placement.Fleet fleet) {
            throw GenkaException.user("Recipe " + recipe.name() + " is for " + fleet.count() + " " + fleet.accelerator()
                    + ": training it needs " + size(bytes()) + " (" + String.format("%,d", parameters)
                    + " parameters), this machine has " + size(machine) + ". "
                    + (fits
                            ? "Maybe remove the where section to run it here?"
                            : "Maybe start with recipes/r1-zero-tiny.yaml?"));
        }
        if (!fits) {
            throw GenkaException.resource("Recipe " + recipe.name() + " needs " + size(bytes()) + " ("
                    + String.format("%,d", parameters) + " parameters at " + weightBytes / Math.max(1, parameters)
                    + " bytes, and " + size(activationBytes) + " for a step); this machine has " + size(machine)
                    + " and this process may use " + size(usable) + ". Maybe a smaller model, or a smaller batch?");
        }
    }

    private static long machineBytes() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                ? system.getTotalMemorySize()
                : Runtime.getRuntime().maxMemory();
    }

    private static String size(long bytes) {
        return DataSize.ofBytes(bytes).toString();
    }
}
