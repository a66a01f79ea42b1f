package genka.model;

import genka.catalog.MoeSpec;
import java.util.function.Predicate;

/** Tokens each expert got, over the micro-batches of a step, and the balancing without a loss that they drive (arXiv 2408.15664). */
final class RouterLoads {
    private final Model model;
    private final long[][] loads;

    RouterLoads(Model model) {
        this.model = model;
        int layers = model.spec().layers() + model.spec().mtpModules();
        this.loads = new long[layers][0];
        for (int layer = 0; layer < layers; layer++) {
            if (model.spec().isMoe(layer)) {
                loads[layer] = new long[model.spec().moe().orElseThrow().routedExperts()];
            }
        }
    }

    void add(int layer, MixtureOfExperts experts) {
        for (int e = 0; e < loads[layer].length; e++) {
            loads[layer][e] += experts.load(e);
        }
    }

    /** Takes over what other loads of the same model counted, and clears them. */
    void take(RouterLoads other) {
        for (int layer = 0; layer < loads.length; layer++) {
            for (int e = 0; e < loads[layer].length; e++) {
                loads[layer][e] += other.loads[layer][e];
            }
        }
        other.clear();
    }

    /** [experts]; empty in a dense layer. */
    long[] of(int layer) {
        return loads[layer];
    }

    /** Overloaded experts lose gamma, underloaded ones gain it, in the biases that {@code learns} accepts by name. */
    void updateBias(double gamma, Predicate<String> learns) {
        boolean biased =
                model.spec().moe().isPresent() && model.spec().moe().get().selection() == MoeSpec.Selection.NOAUX_TC;
        for (int layer = 0; biased && layer < loads.length; layer++) {
            String name = "model.layers." + layer + ".mlp.gate.e_score_correction_bias";
            if (loads[layer].length > 0 && learns.test(name)) {
                move(layer, name, gamma);
            }
        }
    }

    private void move(int layer, String name, double gamma) {
        float[] bias = model.parameters().buffers();
        int at = model.parameters().entry(name).offset();
        long sum = 0;
        for (long load : loads[layer]) {
            sum += load;
        }
        for (int e = 0; e < loads[layer].length; e++) {
            int sign = Long.compare(sum, loads[layer][e] * loads[layer].length);
            bias[at + e] += (float) (gamma * sign);
        }
    }

    void clear() {
        for (long[] layer : loads) {
            java.util.Arrays.fill(layer, 0);
        }
    }
}
