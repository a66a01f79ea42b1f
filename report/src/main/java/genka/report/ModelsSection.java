package genka.report;

import genka.catalog.ModelSpec;
import genka.catalog.ParameterCount;
import genka.units.Words;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleFunction;
import java.util.stream.Stream;

/** What each model can do at last, where a run has several: the comparison that distillation is about (R1, arXiv 2501.12948 §4.1). */
final class ModelsSection {
    private static final String OTHER_SOURCE = "evaluation accuracy ";

    private record Column(String heading, String figure, DoubleFunction<String> words) {}

    private ModelsSection() {}

    static Html of(RunData run) {
        Map<String, StageMetrics> last = new LinkedHashMap<>();
        run.metrics().stages().stream()
                .filter(ModelsSection::isJudged)
                .forEach(stage -> last.put(run.recipe().stage(stage.stage()).model(), stage));
        if (last.size() < 2) {
            return Html.NONE;
        }
        List<Column> columns = columns(last);
        List<Html> rows = new ArrayList<>();
        last.forEach((model, stage) -> rows.add(row(run.recipe(), model, stage, columns)));
        return Html.of(
                """
                <h2>What each model can do</h2>
                <p class="says">Greedy accuracy on the recipe’s own questions, then on those of its other sources.</p>
                <table class="stack"><thead><tr><th scope="col">model</th><th scope="col">last learned by</th>
                <th scope="col" class="n">parameters</th>{}</tr></thead><tbody>{}</tbody></table>
                """,
                Html.all(columns.stream()
                        .map(column -> Html.of("<th scope=\"col\" class=\"n\">{}</th>", column.heading()))
                        .toList()),
                Html.all(rows));
    }

    /** Whether it was looked at after its first step: before, it has left nothing. */
    private static boolean isJudged(StageMetrics stage) {
        return Stream.of("greedy_accuracy", "bits_per_byte")
                .flatMap(figure -> stage.evaluation(figure).stream())
                .anyMatch(series -> series.lastStep() > 0);
    }

    private static List<Column> columns(Map<String, StageMetrics> last) {
        List<Column> columns = new ArrayList<>();
        columns.add(new Column("accuracy", "evaluation greedy_accuracy", Story::percent));
        columns.add(new Column("bits per byte", "evaluation bits_per_byte", bits -> Words.decimal(bits, 3)));
        columns.add(new Column("answer tokens", "evaluation mean_response_tokens", tokens -> Words.decimal(tokens, 1)));
        last.values().stream()
                .flatMap(stage -> stage.figures().keySet().stream())
                .filter(figure -> figure.startsWith(OTHER_SOURCE))
                .distinct()
                .forEach(figure ->
                        columns.add(new Column(figure.substring(OTHER_SOURCE.length()), figure, Story::percent)));
        columns.removeIf(column -> last.values().stream()
                .allMatch(stage -> stage.figure(column.figure()).isEmpty()));
        return columns;
    }

    private static Html row(RecipeFacts recipe, String model, StageMetrics stage, List<Column> columns) {
        ModelSpec spec = recipe.models().get(model);
        return Html.of(
                """
                <tr><th scope="row">{}</th><td data-label="last learned by">{}</td>
                <td class="n" data-label="parameters">{}</td>{}</tr>
                """,
                model,
                stage.stage(),
                spec == null ? "–" : Words.count(ParameterCount.of(spec).total()),
                Html.all(columns.stream()
                        .map(column -> Html.of(
                                "<td class=\"n\" data-label=\"{}\">{}</td>",
                                column.heading(),
                                stage.figure(column.figure())
                                        .map(series -> column.words().apply(series.last()))
                                        .orElse("–")))
                        .toList()));
    }
}
