package genka.train;

import genka.catalog.Recipe.InitSpec;
import genka.kernel.SeededRandom;
import genka.model.Parameters;
import java.util.Arrays;

/** Random weights to begin with: norms are 1, the router's bias is 0, matrices are normal with the std the recipe names. */
final class WeightInit {
    private WeightInit() {}

    /** Fills every tensor from its own stream, so that one tensor's values do not depend on the others. */
    static void fill(Parameters parameters, InitSpec init, long seed) {
        for (int i = 0; i < parameters.entries().size(); i++) {
            Parameters.Entry entry = parameters.entries().get(i);
            if (!entry.trainable()) {
                Arrays.fill(parameters.buffers(), entry.offset(), entry.offset() + entry.size(), 0);
            } else if (entry.shape().size() == 1) {
                Arrays.fill(parameters.values(), entry.offset(), entry.offset() + entry.size(), 1);
            } else {
                double std = std(entry, init);
                SeededRandom random = Stream.WEIGHTS.of(seed, i);
                for (int k = 0; k < entry.size(); k++) {
                    parameters.values()[entry.offset() + k] = (float) (std * random.nextGaussian());
                }
            }
        }
    }

    private static double std(Parameters.Entry entry, InitSpec init) {
        return switch (init) {
            case InitSpec.Normal(double std) -> std;
            case InitSpec.WidthScaled(double gain, double embeddingStd) ->
                entry.name().endsWith("embed_tokens.weight")
                        ? embeddingStd
                        : gain / Math.sqrt(entry.shape().getLast());
        };
    }
}
