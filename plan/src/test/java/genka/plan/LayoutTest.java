package genka.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import genka.catalog.Recipe;
import genka.units.GenkaException;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a recipe may say under where.parallelism: the student has 16 heads and 28 layers, the model 64 and 80. */
class LayoutTest {
    private static final String PRETRAIN = "stages=[{kind: pretrain, steps: 100, batch: 256, sequence_length: 4096,"
            + " optimizer: {learning_rate: 1e-5}}]";

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
            chunks: 2                | where.parallelism.chunks (2) changes nothing: only 1f1b over several pipeline ranks interleaves
            recompute: some          | where.parallelism.recompute (some) must be one of none, selective, full.
            data: 64, micro_batch: 8 | where.parallelism.micro_batch (8) must be at most the 4 sequences that a step of stage pretrain has for each of 64 data ranks. Maybe 4?
            pipeline: 4, data: 16, pipeline_schedule: dualpipe, micro_batch: 16 | dualpipe): it needs 8 micro-batches at least, and a step of stage pretrain has 1
            """)
    void whatCannotBeIsRefused(String parallelism, String message) {
        assertThatThrownBy(() -> planner.plan(spread(parallelism), HourlyPrice::rent))
                .isInstanceOf(GenkaException.class)
                .hasMessageContaining(message);
    }

    @Test
    void whatDoesNotSayHowIsSpreadTheFastestWay() {
        String fleet = "where={accelerator: H100, count: 64";
        RunPlan free = planner.plan(FleetRecipes.with(PRETRAIN, fleet + "}"), HourlyPrice::rent);
        RunPlan said =
                planner.plan(FleetRecipes.with(PRETRAIN, fleet + ", parallelism: {tensor: 8}}"), HourlyPrice::rent);
        assertThat(free.stages().getFirst().stepSeconds())
                .isLessThanOrEqualTo(said.stages().getFirst().stepSeconds());
        assertThatThrownBy(() -> planner.plan(
                        FleetRecipes.with(
                                PRETRAIN, "where={accelerator: H100, count: 512, parallelism: {zero_stage: 1}}"),
                        HourlyPrice::rent))
                .hasMessageContaining("(where.count / 1 = 512) must be at most the batch (256 sequences). Maybe more");
    }

    /** A row of --search can be followed: its plan takes the same time and memory. */
    @Test
    void whatASearchFoundCanBePlanned() {
        StagePlan pretrain = planner.plan(spread("tensor: 8", PRETRAIN), HourlyPrice::rent)
                .longestTraining()
                .orElseThrow();
        Front.Point fastest = planner.front(pretrain).getFirst();
        Strategy s = fastest.job().strategy();
        Recipe followed = FleetRecipes.with(
                PRETRAIN,
                "where.count=" + fastest.accelerators(),
                String.format(
                        Locale.ROOT,
                        "where.parallelism={tensor: %d, pipeline: %d, chunks: %d, data: %d, micro_batch: %d, zero_stage: %d, recompute: %s%s}",
                        s.tensor(),
                        s.pipeline(),
                        s.chunks(),
                        s.data(),
                        s.microBatch(),
                        s.zeroStage(),
                        s.recompute().word(),
                        s.pipeline() > 1
                                ? ", pipeline_schedule: " + s.schedule().word()
                                : ""));
        StagePlan again = planner.plan(followed, HourlyPrice::rent).stages().stream()
                .filter(stage -> stage.name().equals(pretrain.name()))
                .findFirst()
                .orElseThrow();
        assertThat(again.stepSeconds()).isCloseTo(fastest.seconds(), withinPercentage(1e-6));
        assertThat(again.memory().total()).isCloseTo(fastest.bytes(), withinPercentage(1e-6));
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
