package genka.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import genka.catalog.Accelerator;
import genka.catalog.Accelerators;
import genka.catalog.GenkaRoot;
import genka.catalog.Recipe;
import genka.catalog.RecipeReader;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PlannerTest {
    private final Planner planner = new Planner(Calibrations.shipped());
    private final Accelerator h100 = Accelerators.shipped().named("H100");

    @Test
    void deepSeekV3IsPlannedWithinItsRange() {
        Recipe recipe = RecipeReader.read(GenkaRoot.path().resolve("recipes/deepseek-v3.yaml"))
                .recipe();
        RunPlan plan = planner.plan(recipe, HourlyPrice::rent);
        double published = plan.published().orElseThrow().acceleratorHours();
        assertThat(published).isEqualTo(2_788_000);
        assertThat(published).isBetween(plan.acceleratorHours() * plan.low(), plan.acceleratorHours() * plan.high());
        assertThat(plan.acceleratorHours()).isBetween(0.8 * published, 1.2 * published);
        assertThat(plan.stages()).allMatch(StagePlan::fits);
        assertThat(plan.usd()).isEqualTo(plan.acceleratorHours() * 2);
        assertThat(plan.usdLow()).isLessThan(plan.usd());
        assertThat(plan.longest().shares().values().stream().mapToDouble(x -> x).sum())
                .isBetween(1 - 1e-9, 1 + 1e-9);
    }

    private static ModelRun train(String model) {
        return new ModelRun(
                Transformers.shipped().named(model),
                Optional.empty(),
                1e12,
                Optional.of(4096),
                Optional.of(1024L),
                Optional.of("bf16"));
    }

    @Test
    void nothingOnTheFrontIsBeaten() {
        RunPlan plan = planner.plan(train("llama3-8b"), h100, 64, HourlyPrice.rent(h100));
        List<Front.Point> front = planner.front(plan.longest());
        assertThat(front).isNotEmpty();
        assertThat(front.getFirst().why()).contains("fastest");
        for (Front.Point a : front) {
            assertThat(front)
                    .noneMatch(b -> b.seconds() < 0.97 * a.seconds()
                            && b.cost() < 0.97 * a.cost()
                            && b.accelerators() <= a.accelerators()
                            && b.bytes() < 0.97 * a.bytes());
        }
    }

    @Test
    void whatDoesNotFitIsAPlanWithItsReasonAndTheNearestThatDoes() {
        RunPlan plan = planner.plan(train("deepseek-v3"), h100, 8, HourlyPrice.rent(h100));
        RunPlan.Refusal refusal = plan.refusal().orElseThrow();
        assertThat(refusal.reason()).contains("GB on the fullest accelerator").contains("h100");
        Search.Found nearest = refusal.nearest().orElseThrow();
        assertThat(nearest.job().cluster().accelerators()).isGreaterThan(8);
        assertThat(MemoryModel.fits(nearest.job())).isTrue();
    }

    @Test
    void everyStageOfR1sPipelineIsPlanned() {
        Recipe recipe = RecipeReader.read(GenkaRoot.path().resolve("recipes/r1-tiny.yaml"))
                .recipe();
        RunPlan plan = planner.plan(recipe, h100, 8, HourlyPrice.rent(h100));
        assertThat(plan.stages()).hasSameSizeAs(recipe.stages());
        assertThat(plan.stages()).allMatch(stage -> stage.hours() > 0 && stage.fits());
    }

    @Test
    void sumsClose() {
        Recipe recipe = RecipeReader.read(GenkaRoot.path().resolve("recipes/deepseek-r1.yaml"))
                .recipe();
        RunPlan plan = planner.plan(recipe, HourlyPrice::rent);
        for (StagePlan stage : plan.stages()) {
            assertThat(stage.shares().values().stream().mapToDouble(x -> x).sum())
                    .isBetween(1 - 1e-9, 1 + 1e-9);
            MemoryModel.Use use = stage.memory();
            assertThat(use.parameters()
                            + use.gradients()
                            + use.optimizer()
                            + use.activations()
                            + use.working()
                            + use.runtime())
                    .isCloseTo(use.total(), within(1.0));
        }
        assertThat(plan.stages().stream()
                        .mapToDouble(StagePlan::acceleratorHours)
                        .sum())
                .isCloseTo(plan.acceleratorHours(), within(1e-6));
    }

    @Test
    void eachStageIsPlannedWithTheModelItTrains() {
        RunPlan plan = planner.plan(FleetRecipes.with(), HourlyPrice::rent);
        StagePlan distill = stage(plan, "distill");
        StagePlan teacher = stage(plan, "sft-main");
        assertThat(distill.job().model().hidden()).isEqualTo(1536);
        assertThat(distill.stepSeconds()).isLessThan(0.5 * teacher.stepSeconds());
        assertThat(distill.memory().parameters())
                .isLessThan(0.1 * teacher.memory().parameters());
        assertThat(plan.inputs()).extracting(PlanInput::name).contains("model", "model student");
    }

    @Test
    void distillIsFineTuningInThePlanToo() {
        RunPlan plan = planner.plan(FleetRecipes.with(), HourlyPrice::rent);
        assertThat(stage(plan, "distill").stepSeconds())
                .isEqualTo(stage(plan, "sft").stepSeconds());
        assertThat(stage(plan, "distill").job().sequence()).isEqualTo(4096 / 5);
    }

    @Test
    void otherAcceleratorsKeepTheMomentsAndTellWhatTheyCannotCompute() {
        Recipe recipe = FleetRecipes.with("where.parallelism.moments=bf16", "where.parallelism.precision=fp8");
        RunPlan plan = planner.plan(recipe, h100, 64, HourlyPrice.rent(h100));
        assertThat(plan.longest().job().stack().optimizerBytes()).isEqualTo(Stack.MASTER_AND_NARROW);
        assertThat(plan.notes()).noneMatch(note -> note.contains("does not compute in"));
        Accelerator a100 = Accelerators.shipped().named("A100");
        assertThat(planner.plan(recipe, a100, 64, HourlyPrice.rent(a100)).notes())
                .anyMatch(note -> note.startsWith("the recipe says fp8, which a100"));
    }

    private RunPlan planned(String... changes) {
        return planner.plan(FleetRecipes.with(changes), HourlyPrice::rent);
    }

    @Test
    void whatARecipeSaysAndNoPlanReckonsWithIsANote() {
        RunPlan plain = planned();
        assertThat(plain.notes()).noneMatch(note -> note.contains("budget") || note.contains("not reckoned"));
        assertThat(planned("budget={max_usd: 1, max_hours: 0.5}").notes())
                .anyMatch(note -> note.startsWith("the budget (max_usd 1) ends it before it is done: $"))
                .anyMatch(note -> note.startsWith("the budget (max_hours 0.5) ends it before it is done: "));
        assertThat(planned("stages.sft.freeze=[x*]", "stages.sft.ema=0.9", "stages.distill.precision=fp8-sim")
                        .notes())
                .contains("stage sft: freeze, ema would change memory and time, and are not reckoned with")
                .anyMatch(note -> note.startsWith("stage distill: precision fp8-sim"));
        assertThat(planned("stages.pretrain.steps=null", "stages.pretrain.tokens=1")
                        .notes())
                .anyMatch(note -> note.startsWith("stage pretrain: its tokens (1) are less than a step"));
    }

    @Test
    void dynamicSamplingAsksAThirdMoreAndUsualStepsCount() {
        StagePlan once = stage(planned(), "grpo");
        StagePlan again = stage(planned("stages.grpo.refill=3"), "grpo");
        assertThat(again.stepSeconds()).isBetween(1.005 * once.stepSeconds(), 1.34 * once.stepSeconds());
        assertThat(stage(
                                planned(
                                        "stages.grpo.stop={greedy_accuracy: 0.9, usual_steps: 5}",
                                        "stages.grpo.evaluate_every=1"),
                                "grpo")
                        .steps())
                .isEqualTo(once.steps() / 2);
    }

    private static StagePlan stage(RunPlan plan, String name) {
        return plan.stages().stream()
                .filter(stage -> stage.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
