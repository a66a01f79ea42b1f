package genka.report;

import genka.report.Metrics.Trouble;
import java.util.List;

/** What the curves warn of, with advice; nothing where they do not. */
final class TroublesSection {
    private TroublesSection() {}

    static Html of(RunData run) {
        List<Html> found =
                run.metrics().troubles().stream().map(TroublesSection::item).toList();
        return found.isEmpty()
                ? Html.NONE
                : Html.of("<h2>What to look at</h2><ul class=\"troubles\">{}</ul>", Html.all(found));
    }

    private static Html item(Trouble trouble) {
        return Html.of(
                """
                <li class="severity-{}"><h3>{} <small>{}, step {}</small></h3><p>{}</p><p class="advice">{}</p></li>
                """,
                trouble.severity(),
                trouble.kind().replace('-', ' '),
                trouble.stage(),
                trouble.step(),
                trouble.finding(),
                trouble.advice());
    }
}
