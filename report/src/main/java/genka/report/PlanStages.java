package genka.report;

import genka.plan.RunPlan;
import genka.plan.StagePlan;
import genka.units.Words;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What each stage takes, and how its work is spread. */
final class PlanStages {
    private PlanStages() {}

    static Html of(RunPlan plan) {
        return Html.of(
                """
                <h2>Stage by stage</h2>
                <table class="stack" aria-label="Stages, steady work"><thead><tr><th scope="col">stage</th>
                <th scope="col" class="n">tokens</th><th scope="col" class="n">sequence</th><th scope="col" class="n">step</th>
                <th scope="col" class="n">time</th><th scope="col" class="n">tokens/s each</th>
                <th scope="col" class="n">accelerator hours</th><th scope="col" class="n">memory</th></tr></thead>
                <tbody>{}</tbody></table><ul class="notes">{}</ul>
                """,
                Html.all(plan.stages().stream().map(PlanStages::row).toList()),
                PlanPage.items(spread(plan.stages())));
    }

    private static Html row(StagePlan stage) {
        return Html.of(
                """
                <tr><th scope="row">{}</th><td class="n" data-label="tokens">{}</td><td class="n" data-label="sequence">{}</td>
                <td class="n" data-label="step">{}</td><td class="n" data-label="time">{}</td>
                <td class="n whole" data-label="tokens/s each">{}</td><td class="n whole" data-label="accelerator hours">{}</td>
                <td class="n whole" data-label="memory">{}</td></tr>
                """,
                stage.name(),
                Words.count(stage.tokens()),
                stage.job().sequence(),
                Words.time(stage.stepSeconds()),
                Words.hours(stage.hours()),
                Words.count(stage.tokensPerSecondPerAccelerator()),
                Words.amount(stage.acceleratorHours()),
                memory(stage));
    }

    private static Html memory(StagePlan stage) {
        String bytes = Words.bytes(stage.memory().total());
        return stage.fits() ? Html.of("{}", bytes) : Html.of("<span class=\"wrong\">{} (too much)</span>", bytes);
    }

    /** A line for all stages that are spread alike. */
    private static List<String> spread(List<StagePlan> stages) {
        Map<String, String> names = new LinkedHashMap<>();
        stages.forEach(stage ->
                names.merge(stage.job().strategy().words(), stage.name(), (before, name) -> before + ", " + name));
        return names.entrySet().stream()
                .map(way -> way.getValue() + ": " + way.getKey())
                .toList();
    }
}
