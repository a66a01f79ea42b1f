package genka.model;

import genka.catalog.Recipe.InitSpec;
import genka.kernel.SeededRandom;
import genka.kernel.ThreadTeam;

/**
 * Random first weights, a pure function of the seed and a tensor's place in the order of {@link Parameters#entries()}: the same at any
 * thread count. Norms begin at 1, the router's correction bias at 0.
 */
public final class WeightInit {
    private WeightInit() {}

    /**
     * Overwrites all weights. {@code WidthScaled}: std gain / sqrt(fan in) for matrices, router and experts included, and the given std for
     * embeddings; a tied embedding is a matrix of fan in hidden. {@code Normal}: one std for every matrix and embedding.
     */
    public static void fill(Model model, InitSpec init, long seed, ThreadTeam team) {
        Parameters parameters = model.parameters();
        team.each(parameters.entries().size(), (worker, from, to) -> {
            for (int i = from; i < to; i++) {
                fill(parameters, i, std(model, parameters.entries().get(i), init), seed);
            }
        });
    }

    private static void fill(Parameters parameters, int index, double std, long seed) {
        Parameters.Entry entry = parameters.entries().get(index);
        int end = entry.offset() + entry.size();
        if (!entry.trainable()) {
            java.util.Arrays.fill(parameters.buffers(), entry.offset(), end, 0);
        } else if (entry.shape().size() == 1) {
            java.util.Arrays.fill(parameters.values(), entry.offset(), end, 1);
        } else {
            SeededRandom random = SeededRandom.of(seed, index);
            for (int i = entry.offset(); i < end; i++) {
                parameters.values()[i] = (float) (std * random.nextGaussian());
            }
        }
    }

    private static double std(Model model, Parameters.Entry entry, InitSpec init) {
        return switch (init) {
            case InitSpec.Normal normal -> normal.std();
            case InitSpec.WidthScaled scaled -> {
                boolean embedding = entry.name().equals("model.embed_tokens.weight");
                yield embedding && !model.spec().tiedEmbeddings()
                        ? scaled.embeddingStd()
                        : scaled.gain() / Math.sqrt(entry.shape().getLast());
            }
        };
    }
}
