package genka.report;

import genka.plan.Front;
import genka.plan.RunPlan;
import genka.plan.StagePlan;
import genka.units.Words;
import java.util.List;

/** What the search found: ways to spread the longest training stage that no other beats in every respect. */
final class PlanFront {
    private PlanFront() {}

    static Html of(RunPlan plan, List<Front.Point> front) {
        if (front.isEmpty()) {
            return Html.NONE;
        }
        StagePlan stage = plan.longestTraining().orElseThrow();
        String title = "Ways to spread " + stage.name();
        return Html.of(
                """
                <h2>{}</h2>
                <p class="says">No other way found is better in time, cost, accelerators and memory at once. Steady work of this stage
                alone; as planned it takes {} and {} on {} accelerators.</p>
                <table class="stack" aria-label="{}"><thead><tr><th scope="col">why it is here</th>
                <th scope="col" class="n">accelerators</th><th scope="col" class="n">time</th>
                <th scope="col" class="n">dollars</th><th scope="col" class="n">memory</th>
                <th scope="col">how</th></tr></thead><tbody>{}</tbody></table>
                """,
                title,
                Words.hours(stage.hours()),
                Words.usd(stage.acceleratorHours() * plan.price().usd()),
                stage.job().cluster().accelerators(),
                title,
                Html.all(front.stream().map(point -> row(plan, stage, point)).toList()));
    }

    private static Html row(RunPlan plan, StagePlan stage, Front.Point point) {
        double hours = stage.hours(point.seconds());
        return Html.of(
                """
                <tr><th scope="row">{}</th><td class="n" data-label="accelerators">{}</td><td class="n" data-label="time">{}</td>
                <td class="n" data-label="dollars">{}</td><td class="n" data-label="memory">{}</td><td class="what">{}</td></tr>
                """,
                point.why(),
                point.accelerators(),
                Words.hours(hours),
                Words.usd(hours * point.accelerators() * plan.price().usd()),
                Words.bytes(point.bytes()),
                point.job().strategy().words());
    }
}
