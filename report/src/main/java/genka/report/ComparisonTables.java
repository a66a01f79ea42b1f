package genka.report;

import genka.books.Bill;
import genka.units.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What several runs came to, in tables. */
final class ComparisonTables {
    /** They always differ, and say nothing of what a run does. */
    private static final Set<String> NAMES = Set.of("name", "about");

    private ComparisonTables() {}

    static Html runs(Map<String, RunData> runs) {
        List<Html> rows = new ArrayList<>();
        runs.forEach((name, run) -> rows.add(Html.of(
                """
                <tr><th scope="row"><i class="dot tone-{}"></i>{}</th><td data-label="state">{}</td>
                <td data-label="learned">{}</td><td class="n" data-label="time">{}</td>
                <td class="n" data-label="headline">{}</td><td class="n" data-label="full cost">{}</td></tr>
                """,
                ComparisonCharts.tone(rows.size()),
                name,
                new Story(run).state(),
                new Story(run).learned(),
                Words.duration(run.wallSeconds()),
                Usd.rounded(run.bill().headline()),
                Usd.rounded(run.bill().full()))));
        return Html.of("""
                <table class="stack"><thead><tr><th scope="col">run</th><th scope="col">state</th><th scope="col">learned</th>
                <th scope="col" class="n">time</th><th scope="col" class="n">headline</th>
                <th scope="col" class="n">full cost</th></tr></thead><tbody>{}</tbody></table>
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
        double most = runs.values().stream()
                .map(RunData::bill)
                .map(Bill::full)
                .mapToDouble(money -> money.amount().doubleValue())
                .max()
                .orElse(1);
        List<Html> rows = new ArrayList<>();
        runs.forEach((name, run) -> rows.add(MoneySection.bar(
                name,
                0,
                run.bill().full().amount().doubleValue() / Math.max(most, 1e-12),
                ComparisonCharts.tone(rows.size()),
                Usd.exact(run.bill().full()),
                "")));
        return Html.of("""
                <figure class="figure" id="bill"><figcaption><h2>What they cost</h2>
                <p>In full, at rent; earlier runs of the same recipe count as experiments of the later ones.</p></figcaption>
                <table class="bars"><thead class="unseen"><tr><th scope="col">run</th><th scope="col">bar</th>
                <th scope="col">USD</th><th scope="col"></th></tr></thead><tbody>{}</tbody></table></figure>
                """, Html.all(rows));
    }

    /** Recipe keys on which the runs do not agree. */
    static Html differences(Map<String, RunData> runs) {
        Set<String> keys = new TreeSet<>();
        runs.values().forEach(run -> keys.addAll(run.recipe().settings().keySet()));
        keys.removeAll(NAMES);
        keys.removeIf(key ->
                runs.values().stream().map(run -> value(run, key)).distinct().count() == 1);
        List<Html> rows = keys.stream()
                .map(key -> Html.of(
                        "<tr><th scope=\"row\"><code>{}</code></th>{}</tr>",
                        key,
                        Html.all(runs.values().stream()
                                .map(run -> Html.of("<td class=\"n\">{}</td>", value(run, key)))
                                .toList())))
                .toList();
        if (rows.isEmpty()) {
            return Html.of("<h2>What differs</h2><p>Nothing: they ran the same recipe with the same seed.</p>");
        }
        return Html.of(
                """
                <h2>What differs</h2><div class="scroll" tabindex="0" role="region" aria-label="What differs">
                <table><thead><tr><th scope="col">key of the recipe</th>{}</tr></thead><tbody>{}</tbody></table></div>
                """,
                Html.all(runs.keySet().stream()
                        .map(name -> Html.of("<th scope=\"col\" class=\"n\">{}</th>", name))
                        .toList()),
                Html.all(rows));
    }

    private static String value(RunData run, String key) {
        return run.recipe().settings().getOrDefault(key, "–");
    }
}
