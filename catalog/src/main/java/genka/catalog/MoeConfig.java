package genka.catalog;

import genka.catalog.MoeSpec.Scoring;
import genka.catalog.MoeSpec.Selection;
import java.util.List;
import java.util.Optional;

/** The keys of DeepSeek's mixture of experts. */
final class MoeConfig {
    private static final List<String> METHODS = List.of("noaux_tc", "greedy", "group_limited_greedy");
    private static final List<String> SCORINGS = List.of("sigmoid", "softmax");

    private final ConfigValues values;
    private final boolean v3;

    private MoeConfig(ConfigValues values, String modelType) {
        this.values = values;
        this.v3 = modelType.equals("deepseek_v3");
    }

    /** Empty when no layer has experts. */
    static Optional<MoeSpec> read(ConfigValues values, String modelType, int layers, int mtp) {
        if (!values.mentions("n_routed_experts")) {
            values.missing("n_routed_experts", " Maybe write null for a model without experts.");
            return Optional.empty();
        }
        int firstDense = values.notNegative("first_k_dense_replace", 0);
        if (!values.has("n_routed_experts") || (layers > 0 && mtp >= 0 && firstDense >= (long) layers + mtp)) {
            return Optional.empty();
        }
        return Optional.of(new MoeConfig(values, modelType).read(firstDense));
    }

    private MoeSpec read(int firstDense) {
        Scoring scoring = Scoring.valueOf(
                choice("scoring_func", v3 ? "sigmoid" : "softmax", SCORINGS).toUpperCase(java.util.Locale.ROOT));
        Selection selection = Selection.valueOf(
                choice("topk_method", v3 ? "noaux_tc" : "greedy", METHODS).toUpperCase(java.util.Locale.ROOT));
        if (v3 && scoring != Scoring.SIGMOID) {
            values.problem("scoring_func", "does not exist in deepseek_v3. Maybe you meant sigmoid?");
        }
        if (v3 && selection != Selection.NOAUX_TC) {
            values.problem("topk_method", "does not exist in deepseek_v3. Maybe you meant noaux_tc?");
        }
        if (!v3 && scoring != Scoring.SOFTMAX) {
            values.problem("scoring_func", "does not exist in deepseek_v2. Maybe you meant softmax?");
        }
        if (!v3 && selection == Selection.NOAUX_TC) {
            values.problem("topk_method", "does not exist in deepseek_v2. Maybe you meant greedy?");
        }
        boolean normalised = values.truth("norm_topk_prob", v3);
        if (!v3 && normalised) {
            values.problem(
                    "norm_topk_prob",
                    "is not supported in deepseek_v2, where implementations disagree about it. Maybe you meant false?");
        }
        int experts = values.positive("n_routed_experts");
        int perToken = values.positive("num_experts_per_tok");
        int groups = values.positive("n_group", 1);
        int kept = values.positive("topk_group", groups);
        checkFit(experts, perToken, groups, kept, selection);
        return new MoeSpec(
                experts,
                perToken,
                values.notNegative("n_shared_experts", 0),
                values.positive("moe_intermediate_size"),
                firstDense,
                values.positive("moe_layer_freq", 1),
                scoring,
                selection,
                groups,
                kept,
                normalised,
                values.positiveNumber("routed_scaling_factor", 1));
    }

    private void checkFit(int experts, int perToken, int groups, int kept, Selection selection) {
        if (experts > 0 && perToken > experts) {
            values.problem("num_experts_per_tok", "must be at most n_routed_experts (" + experts + ").");
            return;
        }
        if (experts <= 0 || groups <= 0) {
            return;
        }
        if (experts % groups != 0) {
            values.problem("n_group", "must divide n_routed_experts (" + experts + ").");
            return;
        }
        if (kept > groups) {
            values.problem("topk_group", "must be at most n_group (" + groups + ").");
            return;
        }
        int left = kept * (experts / groups);
        if (kept > 0 && perToken > left) {
            values.problem(
                    "num_experts_per_tok",
                    "must be at most " + left + ": topk_group (" + kept + ") leaves only " + left + " experts.");
        }
        if (selection == Selection.NOAUX_TC && experts / groups < 2) {
            values.problem(
                    "n_group",
                    "must leave two experts a group or more, for a group's score is the sum of its best two. Maybe you meant 1?");
        }
    }

    private String choice(String key, String fallback, List<String> known) {
        String value = values.text(key, fallback);
        if (!known.contains(value)) {
            values.problem(key, "is unknown." + Nearest.advice(value, known));
            return fallback;
        }
        return value;
    }
}
