package genka.report;

import genka.report.Page.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The page of one run. */
public final class RunPage {
    private RunPage() {}

    /** A whole HTML file, to keep. */
    public static String of(RunData run) {
        return page(run).text(Page.Mode.KEPT);
    }

    static Page page(RunData run) {
        Story story = new Story(run);
        LearningCharts charts = new LearningCharts(run.metrics());
        Optional<Chart> answers = charts.answers();
        List<Chart> curves = charts.curves();
        RoutingSection routing = new RoutingSection(run.metrics());
        List<Part> parts = new ArrayList<>();
        parts.add(new Part("headline", Headline.of(run, story)));
        parts.add(new Part(
                "moment", answers.map(chart -> ChartFigure.of(chart, "wide")).orElse(Html.NONE)));
        parts.add(new Part("answers", AnswersSection.of(run)));
        parts.add(new Part("stages", StagesSection.of(run)));
        parts.add(new Part("models", ModelsSection.of(run)));
        parts.add(new Part("troubles", TroublesSection.of(run)));
        parts.add(new Part("curves", curves("How it learned", curves)));
        parts.add(new Part("routing", routing.html()));
        parts.add(new Part("money", MoneySection.of(run)));
        parts.add(new Part("settings", SettingsSection.of(run, story)));
        return new Page(
                story.title() + " · Genka",
                parts,
                new Page.Data(Stream.concat(answers.stream(), curves.stream()).toList(), routing.heatMaps()));
    }

    static Html curves(String title, List<Chart> curves) {
        return curves.isEmpty()
                ? Html.NONE
                : Html.of(
                        "<h2>{}</h2><div class=\"grid\">{}</div>",
                        title,
                        Html.all(curves.stream()
                                .map(chart -> ChartFigure.of(chart, ""))
                                .toList()));
    }
}
