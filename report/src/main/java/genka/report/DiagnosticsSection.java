package genka.report;

import java.util.List;

/** Troubles that were found, with advice; nothing where there were none. */
final class DiagnosticsSection {
    private DiagnosticsSection() {}

    static Html of(RunData run) {
        List<Html> found = run.outcome().diagnostics().stream()
                .map(d -> Html.of(
                        "<li><b>{}</b> <span class=\"stage\">{}</span> {}</li>",
                        d.name().replace('_', ' ').replace('-', ' '),
                        d.stage(),
                        d.words()))
                .toList();
        return found.isEmpty()
                ? Html.NONE
                : Html.of("<h2>What to look at</h2><ul class=\"diagnostics\">{}</ul>", Html.all(found));
    }
}
