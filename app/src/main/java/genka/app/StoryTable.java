package genka.app;

import genka.books.Bill;
import genka.catalog.Recipe;
import genka.units.Words;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleFunction;
import tools.jackson.databind.JsonNode;

/**
 * A run's stages as rows: what each is, what its model could do before and after, how long it took and what it cost; and where a run has
 * several models, what each can do at last. Made of what result.json says of the stages; time and cost are the ledger's and the bill's.
 */
final class StoryTable {
    private static final int DIGITS = 5;

    /** A column of figures that evaluations may have. */
    private record Figure(String heading, String path, DoubleFunction<String> words) {}

    private final JsonNode stages;
    private final Bill bill;
    private final List<Figure> figures = new ArrayList<>();

    /** @param stages the list of that name in result.json */
    StoryTable(JsonNode stages, Bill bill) {
        this.stages = stages;
        this.bill = bill;
        figures.add(new Figure("greedy accuracy", "/greedy_accuracy", Words::percent));
        figures.add(new Figure("bits per byte", "/bits_per_byte", value -> Words.decimal(value, 3)));
        figures.add(new Figure("answer tokens", "/mean_response_tokens", value -> Words.decimal(value, 1)));
        figures.add(new Figure("well-formed", "/format_rate", Words::percent));
        figures.add(new Figure("one language", "/language", Words::percent));
        for (String source : sources()) {
            figures.add(new Figure(source, "/accuracy/" + source, Words::percent));
        }
        figures.removeIf(figure -> stages.valueStream().noneMatch(stage -> has(stage, figure)));
    }

    /** Other sources that were evaluated. */
    private Set<String> sources() {
        Set<String> names = new LinkedHashSet<>();
        stages.forEach(stage -> stage.at("/after/accuracy").properties().forEach(source -> names.add(source.getKey())));
        return names;
    }

    private static boolean has(JsonNode stage, Figure figure) {
        return stage.at("/after" + figure.path()).isNumber();
    }

    /** A row a stage. */
    String stages(String indent, Style style) {
        List<String> headings = new ArrayList<>(List.of("stage", "what it is"));
        figures.forEach(figure -> headings.add(">" + figure.heading()));
        headings.addAll(List.of(">time", ">USD"));
        Table table = Table.of(headings.toArray(String[]::new));
        for (JsonNode stage : stages) {
            List<String> row = new ArrayList<>(List.of(stage.path("name").asString(""), what(stage)));
            figures.forEach(figure -> row.add(change(stage, figure)));
            if (stage.has("kept")) {
                row.set(2, kept(stage.path("kept")));
            }
            row.addAll(spent(stage.path("name").asString("")));
            table.row(row.toArray(String[]::new));
        }
        return table.text(indent, style);
    }

    /** A row a model, as its last stage left it; nothing for a run with one. */
    String models(String indent, Style style) {
        Map<String, JsonNode> last = new LinkedHashMap<>();
        for (JsonNode stage : stages) {
            if (stage.has("after")) {
                last.put(stage.path("model").asString(""), stage);
            }
        }
        if (last.size() < 2) {
            return "";
        }
        List<String> headings = new ArrayList<>(List.of("model", "last learned by"));
        figures.forEach(figure -> headings.add(">" + figure.heading()));
        Table table = Table.of(headings.toArray(String[]::new));
        last.forEach((model, stage) -> {
            List<String> row = new ArrayList<>(List.of(model, stage.path("kind").asString("")));
            figures.forEach(figure -> row.add(
                    has(stage, figure)
                            ? figure.words()
                                    .apply(stage.at("/after" + figure.path()).asDouble())
                            : "–"));
            table.row(row.toArray(String[]::new));
        });
        return table.text(indent, style) + "\n";
    }

    private static String what(JsonNode stage) {
        String model = stage.path("model").asString(Recipe.MAIN);
        String kind = stage.path("kind").asString("");
        return model.equals(Recipe.MAIN) ? kind : kind + ", " + model;
    }

    private static String kept(JsonNode kept) {
        return Words.count(kept.path("kept").asDouble(0)) + " of "
                + Words.count(kept.path("answers").asDouble(0)) + " kept";
    }

    private static String change(JsonNode stage, Figure figure) {
        JsonNode before = stage.at("/before" + figure.path());
        if (!has(stage, figure)) {
            return "";
        }
        String after = figure.words().apply(stage.at("/after" + figure.path()).asDouble());
        return before.isNumber() ? figure.words().apply(before.asDouble()) + " → " + after : after;
    }

    /** Time and cost of the same slices. */
    private List<String> spent(String stage) {
        return List.of(
                Words.duration(bill.run().nanosOf(stage) * 1e-9),
                bill.of(stage).amount().setScale(DIGITS, RoundingMode.HALF_UP).toPlainString());
    }
}
