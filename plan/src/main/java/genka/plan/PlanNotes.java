package genka.plan;

import genka.catalog.Recipe;
import genka.catalog.StageSpec;
import genka.catalog.StageSpec.WeightSpec;
import genka.units.Words;
import java.util.ArrayList;
import java.util.List;

/** What a recipe says that its plan does not reckon with, or that the plan runs into. */
final class PlanNotes {
    private PlanNotes() {}

    /** Where the budget ends the run before it is done. */
    static List<String> budget(Recipe.Budget budget, double usd, double hours) {
        List<String> notes = new ArrayList<>();
        budget.maxUsd()
                .filter(most -> usd > most)
                .ifPresent(most -> notes.add("the budget (max_usd " + figure(most) + ") ends it before it is done: $"
                        + Words.count(usd) + " are expected"));
        budget.maxHours()
                .filter(most -> hours > most)
                .ifPresent(most -> notes.add("the budget (max_hours " + figure(most) + ") ends it before it is done: "
                        + Words.decimal(hours, 1) + " hours are expected"));
        return notes;
    }

    private static String figure(double value) {
        return value == Math.rint(value) && value < 1e15 ? Long.toString((long) value) : Double.toString(value);
    }

    static List<String> stage(StageSpec stage, Job job) {
        List<String> notes = new ArrayList<>();
        String name = "stage " + stage.name() + ": ";
        List<String> idle = idle(stage.weights());
        if (!idle.isEmpty()) {
            notes.add(name + String.join(", ", idle) + " would change memory and time, and "
                    + (idle.size() > 1 ? "are" : "is") + " not reckoned with");
        }
        boolean stops = stage.stop().isPresent()
                && (stage instanceof StageSpec.Supervised || stage.usualSteps().isEmpty());
        if (stops) {
            notes.add(name + "stop may end it earlier; all its steps are planned");
        }
        if (stage instanceof StageSpec.Supervised supervised) {
            supervised
                    .tokens()
                    .filter(tokens -> tokens < job.tokensPerStep())
                    .ifPresent(tokens -> notes.add(
                            name + "its tokens (" + Words.count(tokens) + ") are less than a step; one step of "
                                    + Words.count(job.tokensPerStep()) + " is planned"));
        }
        return notes;
    }

    private static List<String> idle(WeightSpec weights) {
        List<String> idle = new ArrayList<>();
        if (!weights.freeze().isEmpty()) {
            idle.add("freeze");
        }
        if (weights.ema() > 0) {
            idle.add("ema");
        }
        if (weights.precision() == WeightSpec.Precision.FP8_SIM) {
            idle.add("precision fp8-sim (where.parallelism.precision says what a fleet computes in)");
        }
        return idle;
    }
}
