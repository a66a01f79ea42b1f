package genka.report;

import genka.units.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What several runs came to, in tables. */
final class ComparisonTables {
    /** More keys than that are looked up, not read. */
    private static final int KEYS_IN_SIGHT = 12;

    private ComparisonTables() {}

    static Html runs(Map<String, RunData> runs) {
        List<Html> rows = new ArrayList<>();
        runs.forEach((name, run) -> rows.add(Html.of(
                """
                <tr><th scope="row"><i class="dot tone-{}"></i>{}</th><td data-label="state">{}</td>
                <td data-label="learned">{}</td><td class="n" data-label="time">{}</td>
                <td class="n" data-label="cost">{}</td></tr>
                """,
                ComparisonCharts.tone(rows.size()),
                name,
                new Story(run).state(),
                new Story(run).learned(),
                Words.duration(run.wallSeconds()),
                Usd.rounded(run.bill().own()))));
        return Html.of("""
                <table class="stack"><thead><tr><th scope="col">run</th><th scope="col">state</th><th scope="col">learned</th>
                <th scope="col" class="n">time</th><th scope="col" class="n">cost</th></tr></thead><tbody>{}</tbody></table>
                """, Html.all(rows));
    }

    /** The first question of the evaluation, and what each run's model answers at its end. */
    static Html answers(Map<String, RunData> runs) {
        List<Html> said = new ArrayList<>();
        runs.forEach((name, run) -> run.outcome().after().stream()
                .findFirst()
                .ifPresent(answer -> said.add(AnswersSection.said(name + " on " + answer.prompt(), answer))));
        return said.isEmpty()
                ? Html.NONE
                : Html.of("<h2>What they answer</h2><div class=\"pair\">{}</div>", Html.all(said));
    }

    static Html costs(Map<String, RunData> runs) {
        double most =
                runs.values().stream().mapToDouble(ComparisonTables::own).max().orElse(1);
        List<Html> rows = new ArrayList<>();
        runs.forEach((name, run) -> rows.add(MoneySection.bar(
                name,
                0,
                own(run) / Math.max(most, 1e-12),
                ComparisonCharts.tone(rows.size()),
                Usd.rounded(run.bill().own()),
                "")));
        return Html.of("""
                <figure class="figure" id="bill"><figcaption><h2>What they cost</h2>
                <p>Each run by itself, at rent, with its start-up, evaluations and lost work, and without earlier runs of its recipe.</p>
                </figcaption>
                <table class="bars"><thead class="unseen"><tr><th scope="col">run</th><th scope="col">bar</th>
                <th scope="col">USD</th><th scope="col"></th></tr></thead><tbody>{}</tbody></table></figure>
                """, Html.all(rows));
    }

    private static double own(RunData run) {
        return run.bill().own().amount().doubleValue();
    }

    /** Recipe keys on which the runs do not agree. */
    static Html differences(Map<String, RunData> runs) {
        List<Html> rows = Differences.keys(runs.values()).stream()
                .map(key -> Html.of(
                        "<tr><th scope=\"row\"><code>{}</code></th>{}</tr>",
                        key,
                        Html.all(runs.values().stream()
                                .map(run -> Html.of("<td class=\"n\">{}</td>", Differences.value(run, key)))
                                .toList())))
                .toList();
        if (rows.isEmpty()) {
            return Html.of("<h2>What differs</h2><p>Nothing: they ran the same recipe with the same seed.</p>");
        }
        Html table = Html.of(
                "<table><thead><tr><th scope=\"col\">key of the recipe</th>{}</tr></thead><tbody>{}</tbody></table>",
                Html.all(runs.keySet().stream()
                        .map(name -> Html.of("<th scope=\"col\" class=\"n\">{}</th>", name))
                        .toList()),
                Html.all(rows));
        return rows.size() > KEYS_IN_SIGHT
                ? Html.of(
                        "<h2>What differs</h2>{}",
                        ChartFigure.details("keys", rows.size() + " keys of the recipes", table))
                : Html.of("""
                        <h2>What differs</h2><div class="scroll" tabindex="0" role="region" aria-label="What differs">{}</div>
                        """, table);
    }
}
