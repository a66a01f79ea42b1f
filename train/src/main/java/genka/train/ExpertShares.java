package genka.train;

import genka.catalog.ModelSpec;
import genka.model.ModelPass;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** How a step's tokens were shared among experts, for metrics.jsonl. */
final class ExpertShares {
    private static final int ROWS_A_STAGE = 100;
    private static final double DIGITS = 1e4;

    private ExpertShares() {}

    /** Whether to keep them after this step, counted from 1: at most about a hundred times a stage, since a large model has many experts. */
    static boolean due(long step, long steps) {
        return (step - 1) % Math.ceilDiv(Math.max(1, steps), ROWS_A_STAGE) == 0;
    }

    /** By MoE layer the share of each expert, 0–1; empty without experts and after a step that sent no token through them. */
    static Optional<Map<Integer, double[]>> of(ModelSpec spec, ModelPass pass) {
        Map<Integer, double[]> shares = new LinkedHashMap<>();
        for (int layer = 0; layer < spec.layers(); layer++) {
            long[] loads = pass.expertLoad(layer);
            long sum = Arrays.stream(loads).sum();
            if (sum > 0) {
                shares.put(
                        layer,
                        Arrays.stream(loads)
                                .mapToDouble(load -> Math.rint(DIGITS * load / sum) / DIGITS)
                                .toArray());
            }
        }
        return shares.isEmpty() ? Optional.empty() : Optional.of(shares);
    }
}
