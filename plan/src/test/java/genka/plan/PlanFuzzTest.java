package genka.plan;

import static org.assertj.core.api.Assertions.assertThat;

import genka.catalog.Accelerators;
import genka.catalog.GenkaRoot;
import genka.catalog.Recipe;
import genka.catalog.RecipeReader;
import genka.catalog.Transformer;
import genka.units.GenkaException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever a recipe or a config.json says: a plan, or an error that a person can read. Seeds are in the messages. */
class PlanFuzzTest {
    private static final int TRIES = 300;
    private static final List<String> WHERE = List.of(
            "tensor",
            "pipeline",
            "expert",
            "context",
            "data",
            "micro_batch",
            "zero_stage",
            "pipeline_schedule",
            "precision",
            "moments");
    private static final List<String> KEYS = List.of(
            "hidden_size",
            "num_hidden_layers",
            "vocab_size",
            "num_attention_heads",
            "num_key_value_heads",
            "head_dim",
            "intermediate_size",
            "n_routed_experts",
            "num_experts_per_tok",
            "moe_intermediate_size",
            "first_k_dense_replace",
            "kv_lora_rank",
            "q_lora_rank",
            "sliding_window",
            "mamba_layers",
            "num_nextn_predict_layers",
            "tie_word_embeddings",
            "model_type");
    private static final List<Object> VALUES = List.of(
            0, 1, 2, 3, 7, 8, 16, 64, 1024, -1, 1e9, 2.5, true, "", "fp8", "zb-v", "dualpipe", "1f1b", "nonsense", "0");

    private final Planner planner = new Planner(Calibrations.shipped());

    @Test
    void anyParallelismIsAPlanOrAnErrorWithAdvice() {
        Recipe shipped = RecipeReader.read(GenkaRoot.path().resolve("recipes/deepseek-v3.yaml"))
                .recipe();
        int planned = 0;
        for (int seed = 0; seed < TRIES; seed++) {
            Recipe recipe = where(shipped, new Recipe.Placement.Fleet("H800", 2048, some(WHERE, seed)));
            try {
                RunPlan plan = planner.plan(recipe, HourlyPrice::rent);
                assertThat(plan.hours()).as("seed %d", seed).isPositive().isFinite();
                assertThat(plan.longest().memory().total())
                        .as("seed %d", seed)
                        .isPositive()
                        .isFinite();
                planned++;
            } catch (GenkaException said) {
                assertThat(said.getMessage()).as("seed %d", seed).isNotBlank();
            }
        }
        assertThat(planned).isPositive();
    }

    @Test
    void anyConfigIsAModelOrAnErrorWithAdvice() {
        StepModel model = new StepModel(Constant.priors());
        Cluster cluster = Cluster.of(Accelerators.shipped().named("H100"), 8);
        for (int seed = 0; seed < 10 * TRIES; seed++) {
            try {
                Transformer read = TransformerConfig.read("fuzzed", new Values(some(KEYS, seed)));
                for (Job job : jobs(read, cluster)) {
                    assertThat(model.evaluate(job, new StepTime()))
                            .as("seed %d", seed)
                            .isNotNegative();
                    assertThat(MemoryModel.total(job)).as("seed %d", seed).isPositive();
                }
            } catch (GenkaException said) {
                assertThat(said.getMessage()).as("seed %d", seed).contains("fuzzed");
            }
        }
    }

    private static List<Job> jobs(Transformer model, Cluster cluster) {
        List<Job> jobs = new ArrayList<>();
        new Search(Calibration.prior())
                .jobs(Workload.of(model, cluster, Stack.MODERN, Precision.BF16, 2048, 16), jobs::add);
        return jobs.subList(0, Math.min(jobs.size(), 20));
    }

    private static Map<String, Object> some(List<String> keys, int seed) {
        Random random = new Random(seed);
        Map<String, Object> some = new LinkedHashMap<>();
        for (String key : keys) {
            if (random.nextInt(3) > 0) {
                some.put(key, VALUES.get(random.nextInt(VALUES.size())));
            }
        }
        return some;
    }

    private static Recipe where(Recipe recipe, Recipe.Placement place) {
        return new Recipe(
                recipe.name(),
                recipe.about(),
                recipe.seed(),
                recipe.models(),
                recipe.tokenizer(),
                recipe.sources(),
                recipe.stages(),
                recipe.checkpoint(),
                place,
                recipe.budget());
    }
}
