package genka.report;

import genka.plan.Cluster;
import genka.plan.RunPlan;
import genka.plan.StagePlan;
import genka.units.Words;

/** The top of a plan's page: whether it fits, what it takes and costs, and what its makers said. */
final class PlanHeadline {
    private PlanHeadline() {}

    static Html of(RunPlan plan) {
        Cluster cluster = plan.longest().job().cluster();
        return Html.of(
                """
                <p class="eyebrow">{}plan · {} × {} at ${} an hour each</p>
                <h1>{}</h1>
                <p class="lead">{}</p>{}
                <dl class="tiles">{}</dl>
                """,
                plan.refusal().isEmpty()
                        ? Html.NONE
                        : Html.of("<span class=\"state state-failed\">does not fit</span> "),
                cluster.accelerators(),
                cluster.name(),
                Words.decimal(plan.price().usd(), 2),
                plan.name(),
                lead(plan),
                plan.refusal().map(PlanHeadline::refusal).orElse(Html.NONE),
                tiles(plan));
    }

    private static Html lead(RunPlan plan) {
        return Html.of(
                """
                {} <b class="keep">{}</b>: {} accelerator hours, <b class="keep">{}</b> (80 % range <span class="keep">{}</span> to <span class="keep">{}</span>).{}""",
                plan.refusal().isEmpty() ? "Steady work takes" : "With memory enough, steady work would take",
                Words.hours(plan.hours()),
                Words.amount(plan.acceleratorHours()),
                Words.usd(plan.usd()),
                Words.usd(plan.usdLow()),
                Words.usd(plan.usdHigh()),
                plan.published()
                        .map(stated -> " Its makers published " + Words.count(stated.acceleratorHours())
                                + " accelerator hours; this is " + Words.change(stated.difference(plan)) + ".")
                        .orElse(""));
    }

    private static Html refusal(RunPlan.Refusal refusal) {
        return Html.of("""
                <ul class="troubles"><li class="severity-refusal"><h3 class="wrong">This plan does not fit</h3><p>{}</p>
                <p class="advice">{}</p></li></ul>
                """, PlanPage.sentence(refusal.reason()), PlanPage.sentence(refusal.remedy()));
    }

    private static Html tiles(RunPlan plan) {
        StagePlan fullest = plan.fullest();
        return Html.of(
                """
                <div><dt>time with failures</dt><dd>{}</dd></div><div><dt>dollars with failures</dt><dd>{}</dd></div>
                <div><dt>tokens</dt><dd>{}</dd></div><div><dt>memory, of {}</dt><dd{}>{}</dd></div>
                """,
                Words.hours(plan.goodput().wallHours()),
                Words.usd(plan.expectedUsd()),
                Words.count(
                        plan.stages().stream().mapToDouble(StagePlan::tokens).sum()),
                Words.bytes(fullest.job().cluster().memoryBytes()),
                fullest.fits() ? Html.NONE : Html.of(" class=\"wrong\""),
                Words.bytes(fullest.memory().total()));
    }
}
