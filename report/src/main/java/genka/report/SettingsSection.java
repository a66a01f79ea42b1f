package genka.report;

import genka.books.NewRun;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** What one needs to run it again. */
final class SettingsSection {
    private static final DateTimeFormatter MINUTE = DateTimeFormatter.ofPattern(
                    "d MMMM yyyy, HH:mm 'UTC'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private SettingsSection() {}

    static Html of(RunData run, Story story) {
        NewRun facts = run.summary().run();
        return Html.of(
                """
                <h2>To run it again</h2>
                <p>Save the resolved recipe below as <code>recipe.yaml</code>, then <code>./genka run recipe.yaml</code>: the same seed
                gives the same bits on this kind of machine, on any number of threads.</p>
                <dl class="facts"><dt>run</dt><dd><code>{}</code></dd><dt>recipe</dt><dd>{}</dd><dt>seed</dt><dd>{}</dd>
                <dt>model</dt><dd>{}</dd><dt>machine</dt><dd>{}</dd><dt>begun</dt><dd>{}</dd><dt>attempts</dt><dd>{}</dd></dl>
                {}
                """,
                run.summary().id(),
                facts.recipeName(),
                facts.seed(),
                story.model().orElse("–"),
                facts.machine().cores() + " cores, " + facts.machine().cpu(),
                MINUTE.format(facts.createdAt()),
                run.summary().attempts().size(),
                ChartFigure.details(
                        "recipe",
                        "The resolved recipe",
                        Html.of("<pre class=\"recipe\">{}</pre>", run.recipe().yaml())));
    }
}
