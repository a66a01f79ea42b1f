package genka.report;

import genka.plan.Goodput;
import genka.plan.RunPlan;
import genka.units.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;

/** Time and money twice, never in one table: of steady work, and of what failures make of it. */
final class PlanTotals {
    private PlanTotals() {}

    static Html of(RunPlan plan) {
        return Html.of("<h2>Time and money</h2><div class=\"columns\">{}{}</div>", steady(plan), expected(plan));
    }

    private static Html steady(RunPlan plan) {
        double all = plan.acceleratorHours();
        List<String> notes = new ArrayList<>();
        plan.published()
                .ifPresent(stated -> notes.add("Published: " + Words.count(stated.acceleratorHours())
                        + " accelerator hours, this is " + Words.change(stated.difference(plan)) + " ("
                        + stated.source() + ")."));
        notes.add("Price: $" + Words.decimal(plan.price().usd(), 2) + " an hour each ("
                + plan.price().source() + ").");
        return table(
                "Steady work",
                "As if nothing ever failed: what published figures count.",
                List.of(
                        row("time", Words::hours, plan.hours(), plan.hours() * plan.low(), plan.hours() * plan.high()),
                        row("accelerator hours", Words::amount, all, all * plan.low(), all * plan.high()),
                        row("dollars", Words::usd, plan.usd(), plan.usdLow(), plan.usdHigh())),
                notes);
    }

    private static Html expected(RunPlan plan) {
        Goodput goodput = plan.goodput();
        double hours = goodput.wallHours();
        double all = goodput.acceleratorHours();
        double low = plan.expectedLow();
        double high = plan.expectedHigh();
        return table(
                "With failures",
                Words.percent(goodput.share()) + " of this time becomes finished work.",
                List.of(
                        row("time", Words::hours, hours, hours * low, hours * high),
                        row("accelerator hours", Words::amount, all, all * low, all * high),
                        row("dollars", Words::usd, plan.expectedUsd(), plan.expectedUsdLow(), plan.expectedUsdHigh())),
                List.of(
                        (goodput.spares() == 0 ? "No" : goodput.spares()) + " spare accelerators are included.",
                        "A failure every " + Words.hours(goodput.meanHoursBetweenFailures())
                                + "; a checkpoint takes " + Words.time(goodput.checkpointSeconds())
                                + ", best every " + Words.time(60 * goodput.everyMinutes()) + "."));
    }

    private static Html table(String title, String says, List<Html> rows, List<String> notes) {
        return Html.of("""
                <figure class="figure"><figcaption><h3>{}</h3><p>{}</p></figcaption>
                <table class="stack" aria-label="{}"><thead><tr><th scope="col">what</th>
                <th scope="col" class="n">predicted</th><th scope="col" class="n">80 % range</th></tr></thead>
                <tbody>{}</tbody></table><ul class="notes">{}</ul></figure>
                """, title, says, title, Html.all(rows), PlanPage.items(notes));
    }

    private static Html row(String name, DoubleFunction<String> words, double value, double low, double high) {
        return Html.of("""
                <tr><th scope="row">{}</th><td class="n whole" data-label="predicted">{}</td>
                <td class="n whole" data-label="80 % range">{} to {}</td></tr>
                """, name, words.apply(value), words.apply(low), words.apply(high));
    }
}
