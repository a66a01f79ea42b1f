package genka.report;

import genka.plan.Front;
import genka.plan.RunPlan;
import genka.plan.Search;
import genka.report.Page.Part;
import genka.units.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A plan as a page: what it takes and costs with its ranges, where time and memory go, what failures cost, other ways to do it. */
public final class PlanPage {
    private PlanPage() {}

    /**
     * A whole HTML file, to keep.
     *
     * @param scaling the longest training stage on fewer and more accelerators; empty when all stages do other work too
     * @param front ways to spread that stage, where they were searched for
     * @param options what would change most
     */
    public static String of(RunPlan plan, List<Search.Found> scaling, List<Front.Point> front, List<String> options) {
        List<Chart> charts = PlanScaling.charts(plan, scaling);
        List<Part> parts = new ArrayList<>();
        parts.add(new Part("headline", PlanHeadline.of(plan)));
        parts.add(new Part("totals", PlanTotals.of(plan)));
        parts.add(new Part("stages", PlanStages.of(plan)));
        parts.add(new Part("shares", PlanShares.of(plan)));
        parts.add(new Part("front", PlanFront.of(plan, front)));
        parts.add(new Part("scaling", RunPage.curves(PlanScaling.title(plan), charts)));
        parts.add(new Part("notes", notes(plan, options)));
        parts.add(new Part("inputs", PlanInputsTable.of(plan.inputs())));
        return new Page("Plan of " + plan.name() + " · Genka", parts, new Page.Data(charts, List.of()))
                .text(Page.Mode.KEPT);
    }

    private static Html notes(RunPlan plan, List<String> options) {
        return Html.of(
                "<h2>What to know</h2><ul class=\"notes\">{}</ul>",
                items(Stream.concat(options.stream(), plan.notes().stream())
                        .map(PlanPage::sentence)
                        .toList()));
    }

    static Html items(List<String> lines) {
        return Html.all(lines.stream().map(line -> Html.of("<li>{}</li>", line)).toList());
    }

    /** A line of the terminal, which begin small and end without a stop. */
    static String sentence(String line) {
        return Words.capital(line) + ".";
    }
}
