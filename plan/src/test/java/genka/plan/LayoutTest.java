package genka.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import genka.catalog.Recipe;
import genka.units.GenkaException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a recipe may say under where.parallelism: the student has 16 heads and 28 layers, the model 64 and 80. */
class LayoutTest {
    private final Planner planner = new Planner(Calibrations.shipped());

    private static Recipe spread(String parallelism, String... changes) {
        String[] all = new String[changes.length + 1];
        all[0] = "where.parallelism={" + parallelism + "}";
        System.arraycopy(changes, 0, all, 1, changes.length);
        return FleetRecipes.with(all);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            tensor: 32               | where.parallelism.tensor (32) must be at most the 16 attention heads of stage distill's model. Maybe 16?
            pipeline: 32             | where.parallelism.pipeline (32) must be at most the 28 layers of stage distill's model. Maybe 16?
            pipeline: 16, pipeline_schedule: zb-v | must be at most the 28 layers of stage distill's model, of which each rank holds 2 parts. Maybe 8?
            data: 64, micro_batch: 8 | where.parallelism.micro_batch (8) must be at most the 4 sequences that a step of stage pretrain has for each of 64 data ranks. Maybe 4?
            pipeline: 4, data: 16, pipeline_schedule: dualpipe, micro_batch: 16 | dualpipe): it needs 8 micro-batches at least, and a step of stage pretrain has 1
            """)
    void whatCannotBeIsRefused(String parallelism, String message) {
        assertThatThrownBy(() -> planner.plan(spread(parallelism), HourlyPrice::rent))
                .isInstanceOf(GenkaException.class)
                .hasMessageContaining(message);
    }

    @Test
    void aShorterStageWithTooFewMicroBatchesIsTold() {
        Recipe recipe = spread("pipeline: 4, data: 16, pipeline_schedule: dualpipe", "stages.sft.batch=64");
        assertThat(planner.plan(recipe, HourlyPrice::rent).notes())
                .contains(
                        "dualpipe: it needs 8 micro-batches at least; steps of sft (4) have fewer and are planned as if it ran with them");
    }

    @Test
    void headsThatDoNotDivideAreTold() {
        Recipe recipe = spread("tensor: 8", "models.student.config.num_attention_heads=12");
        assertThat(planner.plan(recipe, HourlyPrice::rent).notes())
                .anyMatch(note -> note.startsWith("stage sft: 12 attention heads do not divide by 8 tensor ranks"));
    }
}
