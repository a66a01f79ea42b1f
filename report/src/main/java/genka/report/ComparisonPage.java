package genka.report;

import genka.report.Page.Part;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Several runs on one page: their figures in a table, their curves in one chart each, and what differs in their recipes. */
public final class ComparisonPage {
    /** More make no name. */
    private static final int MOST_KEYS = 3;

    private ComparisonPage() {}

    /** A whole HTML file, to keep. The runs are told in the given order. */
    public static String of(List<RunData> runs) {
        Map<String, RunData> named = named(runs);
        List<Chart> charts = ComparisonCharts.of(named);
        List<Part> parts = new ArrayList<>();
        parts.add(new Part("headline", headline(runs)));
        parts.add(new Part("runs", ComparisonTables.runs(named)));
        parts.add(new Part("curves", RunPage.curves("How they learned", charts)));
        parts.add(new Part("answers", ComparisonTables.answers(named)));
        parts.add(new Part("money", ComparisonTables.costs(named)));
        parts.add(new Part("differences", ComparisonTables.differences(named)));
        return new Page(title(runs) + " · Genka", parts, new Page.Data(charts, List.of())).text(Page.Mode.KEPT);
    }

    private static Html headline(List<RunData> runs) {
        return Html.of(
                "<p class=\"eyebrow\">{}</p><h1>{}</h1>",
                String.join(
                        " · ",
                        new LinkedHashSet<>(
                                runs.stream().map(RunData::recipeName).toList())),
                title(runs));
    }

    private static String title(List<RunData> runs) {
        return runs.size() + " runs side by side";
    }

    /** By the shortest names that tell the runs apart: recipes, what differs in the recipe, seeds, or when they began. */
    private static Map<String, RunData> named(List<RunData> runs) {
        boolean oneRecipe = runs.stream().map(RunData::recipeName).distinct().count() == 1;
        List<Function<RunData, String>> ways = new ArrayList<>();
        ways.add(RunData::recipeName);
        if (oneRecipe) {
            Set<String> keys = Differences.keys(runs);
            if (keys.size() <= MOST_KEYS) {
                ways.add(run -> Differences.words(run, keys));
            }
            ways.add(ComparisonPage::seed);
            ways.add(RunData::moment);
        } else {
            ways.add(run -> run.recipeName() + ", " + seed(run));
            ways.add(run -> run.recipeName() + " " + run.moment());
        }
        Function<RunData, String> name =
                ways.stream().filter(way -> areDifferent(runs, way)).findFirst().orElse(ways.getLast());
        Map<String, RunData> named = new LinkedHashMap<>();
        runs.forEach(run -> named.put(name.apply(run), run));
        return named;
    }

    private static String seed(RunData run) {
        return "seed " + run.summary().run().seed();
    }

    private static boolean areDifferent(List<RunData> runs, Function<RunData, String> name) {
        return new HashSet<>(runs.stream().map(name).toList()).size() == runs.size();
    }
}
