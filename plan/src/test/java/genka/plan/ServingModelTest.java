package genka.plan;

import static org.assertj.core.api.Assertions.assertThat;

import genka.catalog.Accelerators;
import genka.catalog.GenkaRoot;
import genka.catalog.RecipeReader;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServingModelTest {
    private final Calibrations calibrations = Calibrations.shipped();

    private double seconds(String model, int tensor, int data, double requests, Precision weights) {
        ServingJob job = new ServingJob(
                Transformers.shipped().named(model),
                Cluster.of(Accelerators.shipped().named("H800"), tensor * data),
                tensor,
                data,
                data,
                requests,
                1024,
                1024,
                weights,
                false);
        return new ServingModel(calibrations.of(job).constants()).tokenSeconds(job);
    }

    @Test
    void moreRequestsAreSlowerEachAndFasterTogether() {
        double few = seconds("llama3-70b", 8, 1, 8, Precision.FP8);
        double many = seconds("llama3-70b", 8, 1, 64, Precision.FP8);
        assertThat(many).isGreaterThan(few);
        assertThat(64 / many).isGreaterThan(2 * 8 / few);
    }

    @Test
    void narrowerWeightsAreFaster() {
        assertThat(seconds("llama3-70b", 8, 1, 8, Precision.FP8))
                .isLessThan(seconds("llama3-70b", 8, 1, 8, Precision.BF16));
    }

    @Test
    void requestsWhoseCacheDoesNotFitWaitAndSlowNobody() {
        assertThat(seconds("llama3-70b", 8, 1, 100_000, Precision.FP8))
                .isEqualTo(seconds("llama3-70b", 8, 1, 50_000, Precision.FP8));
    }

    @Test
    void theFirstTokenWaitsForItsPromptAndForOtherRequests() {
        double usual = firstToken(8, 2048);
        assertThat(firstToken(8, 8192)).isGreaterThan(usual);
        assertThat(firstToken(64, 2048)).isGreaterThan(usual);
        assertThat(usual).isGreaterThan(seconds("llama3-70b", 8, 1, 8, Precision.FP8));
    }

    @Test
    void requestsWithoutRoomWaitForAnswersToEnd() {
        assertThat(firstToken(20_000, 2048)).isGreaterThan(100 * firstToken(64, 2048));
    }

    private double firstToken(double requests, int input) {
        FirstToken first = new FirstToken(new ServingJob(
                Transformers.shipped().named("llama3-70b"),
                Cluster.of(Accelerators.shipped().named("H100"), 8),
                8,
                1,
                1,
                requests,
                input,
                1024,
                Precision.FP8,
                true));
        return calibrations.of(first).times().seconds(first);
    }

    @Test
    void sparseAttentionReadsLessOfALongCache() {
        ServingJob job = new ServingJob(
                Transformers.shipped().named("glm-5"),
                Cluster.of(Accelerators.shipped().named("H200"), 8),
                8,
                1,
                1,
                16,
                30_000,
                1000,
                Precision.FP8,
                false);
        assertThat(ServingMemory.cacheRead(job)).isLessThan(0.4 * 16 * ServingMemory.cache(job, job.context()));
    }

    @Test
    void cacheOfDeepSeekV3IsThePublished70272BytesAToken() {
        assertThat(Transformers.shipped().named("deepseek-v3").cacheBytesPerToken(2))
                .isEqualTo(70_272);
    }

    @Test
    void reinforcementOfR1TakesAboutWhatItsPaperSays() {
        // arXiv 2501.12948v2, supplementary table 7: 41 K H800 hours, which the longest answers decide
        assertThat(rolloutHours(List.of())).isBetween(0.7 * 41_000, 1.2 * 41_000);
    }

    @Test
    void reinforcementOfR1ZeroTakesAboutWhatItsPaperSays() {
        // 8,200 updates with answers of up to 32,768 tokens, then 2,200 with 65,536; 16 updates a rollout: 101 K hours
        List<String> zero = List.of(
                "stages.reasoning.steps=512",
                "stages.all-scenarios.steps=138",
                "stages.all-scenarios.max_new_tokens=65536");
        assertThat(rolloutHours(zero)).isBetween(0.8 * 101_000, 1.2 * 101_000);
    }

    private double rolloutHours(List<String> changes) {
        RunPlan plan = new Planner(calibrations)
                .plan(
                        RecipeReader.read(GenkaRoot.path().resolve("recipes/deepseek-r1.yaml"), changes)
                                .recipe(),
                        HourlyPrice::rent);
        return plan.stages().stream()
                .filter(stage -> stage.shares().containsKey(StepTime.Part.UPDATE))
                .mapToDouble(StagePlan::acceleratorHours)
                .sum();
    }
}
