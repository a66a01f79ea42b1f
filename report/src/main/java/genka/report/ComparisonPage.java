package genka.report;

import genka.report.Page.Part;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Several runs on one page: their figures in a table, their curves in one chart each, and what differs in their recipes. */
public final class ComparisonPage {
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
                        new java.util.LinkedHashSet<>(
                                runs.stream().map(RunData::recipeName).toList())),
                title(runs));
    }

    private static String title(List<RunData> runs) {
        return runs.size() + " runs side by side";
    }

    /** By the shortest names that tell the runs apart: recipes, seeds, or else the runs' own. */
    private static Map<String, RunData> named(List<RunData> runs) {
        Function<RunData, String> bySeed = run -> "seed " + run.summary().run().seed();
        Function<RunData, String> name = areDifferent(runs, RunData::recipeName)
                ? RunData::recipeName
                : areDifferent(runs, bySeed) ? bySeed : RunData::moment;
        Map<String, RunData> named = new LinkedHashMap<>();
        runs.forEach(run -> named.put(name.apply(run), run));
        return named;
    }

    private static boolean areDifferent(List<RunData> runs, Function<RunData, String> name) {
        return new HashSet<>(runs.stream().map(name).toList()).size() == runs.size();
    }
}
