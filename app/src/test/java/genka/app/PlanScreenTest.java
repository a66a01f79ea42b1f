package genka.app;

import genka.catalog.Accelerators;
import genka.plan.Cluster;
import genka.plan.Goodput;
import genka.plan.HourlyPrice;
import genka.plan.Job;
import genka.plan.MemoryModel;
import genka.plan.PlanInput;
import genka.plan.Precision;
import genka.plan.RunPlan;
import genka.plan.Schedule;
import genka.plan.Stack;
import genka.plan.StagePlan;
import genka.plan.StepTime;
import genka.plan.Strategy;
import genka.plan.Tier;
import genka.plan.Transformers;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The screen of a plan that is made by hand, so that no fit moves it. */
class PlanScreenTest {
    private static final Job JOB = new Job(
            Transformers.shipped().named("llama3-8b"),
            Cluster.of(Accelerators.shipped().named("H100"), 64),
            new Strategy(2, 4, 2, 1, 8, 1, 1, 1, Strategy.Recompute.NONE, Schedule.ONE_F_ONE_B, true, Precision.BF16),
            Stack.MODERN,
            8192,
            512);

    @Test
    void aPlanReadsLikeThis() {
        GoldenText.check("plan", PlanScreen.text(plan(40e9, Optional.empty()), List.of("an option"), new Style(false)));
    }

    @Test
    void aPlanThatDoesNotFitSaysWhy() {
        RunPlan.Refusal refusal = new RunPlan.Refusal(
                "stage pretrain needs 95 GB on the fullest accelerator and h100-sxm has 80 GB; most of it goes to activations",
                Optional.empty());
        GoldenText.check(
                "plan-too-large", PlanScreen.text(plan(80e9, Optional.of(refusal)), List.of(), new Style(false)));
    }

    private static RunPlan plan(double activations, Optional<RunPlan.Refusal> refusal) {
        StagePlan stage = new StagePlan(
                "pretrain",
                JOB,
                100_000,
                9.5,
                Map.of(StepTime.Part.PRODUCTS, 0.7, StepTime.Part.ATTENTION, 0.2, StepTime.Part.BUBBLE, 0.1),
                new MemoryModel.Use(2e9, 4e9, 1.5e9, activations, 2e9, 5e9),
                0.9,
                1.2);
        double steady = stage.hours();
        Goodput goodput = new Goodput(
                steady,
                1.05 * steady,
                1.02 * steady,
                1.1 * steady,
                780,
                3,
                95,
                Map.of(Goodput.Loss.STRAGGLERS, 0.04 * steady, Goodput.Loss.REWORK, 0.01 * steady),
                64,
                8);
        return new RunPlan(
                "llama3-8b",
                List.of(stage),
                goodput,
                new HourlyPrice(2, 1.5, 3, "a rate card", Tier.GIVEN),
                Optional.of(new RunPlan.Published(15_000, "a report")),
                refusal,
                List.of(
                        new PlanInput("model", "8.03 G parameters", Tier.GIVEN, "facts/models.yaml"),
                        new PlanInput("memory", "80 GB", Tier.MEASURED, "a data sheet"),
                        new PlanInput("links", "450 GB/s", Tier.MEASURED, "a data sheet"),
                        new PlanInput("constants of training", "from 545 rows", Tier.FITTED, "a calibration")),
                List.of("a note"));
    }
}
