package genka.app;

import genka.units.Fault;
import genka.units.GenkaException;
import genka.units.Words;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** The figures of a run's metrics.jsonl as curves: by stage, then by name, in the file's order. */
record Curves(Map<String, Map<String, double[]>> byStage) {
    private static final List<String> NOT_FIGURES = List.of("step", "steps", "time", "seconds");

    /** Reads the file; a last line that a kill cut off is left out. A missing file has no curves. */
    static Curves read(Path file) {
        Map<String, Map<String, List<Double>>> values = new LinkedHashMap<>();
        if (Files.exists(file)) {
            try (BufferedReader lines = Files.newBufferedReader(file)) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    add(line, values);
                }
            } catch (IOException e) {
                throw new GenkaException(
                        Fault.RESOURCE, file + " cannot be read: " + e.getMessage() + ". Maybe it is not yours?", e);
            }
        }
        Map<String, Map<String, double[]>> curves = new LinkedHashMap<>();
        values.forEach((stage, byName) -> byName.forEach((name, figures) -> curves.computeIfAbsent(
                        stage, s -> new LinkedHashMap<>())
                .put(name, figures.stream().mapToDouble(Double::doubleValue).toArray())));
        return new Curves(curves);
    }

    private static void add(String line, Map<String, Map<String, List<Double>>> values) {
        JsonNode object;
        try {
            object = Json.mapper().readTree(line);
        } catch (JacksonException cutOff) {
            return;
        }
        String stage = object.path("stage").asString("");
        Map<String, List<Double>> figures = values.computeIfAbsent(stage, s -> new LinkedHashMap<>());
        object.properties().forEach(field -> {
            if (field.getValue().isObject()) {
                field.getValue()
                        .properties()
                        .forEach(inner -> add(field.getKey() + " " + inner.getKey(), inner, figures));
            } else {
                add(field.getKey(), field, figures);
            }
        });
    }

    private static void add(String name, Map.Entry<String, JsonNode> field, Map<String, List<Double>> figures) {
        if (field.getValue().isNumber() && !NOT_FIGURES.contains(field.getKey())) {
            figures.computeIfAbsent(name, k -> new ArrayList<>())
                    .add(field.getValue().asDouble());
        }
    }

    /** A table a stage: first value, curve, last value. */
    String text(int width, Style style) {
        StringBuilder text = new StringBuilder();
        byStage.forEach((stage, curves) -> {
            text.append(style.bold(stage)).append('\n');
            Table table = Table.of("", ">first", "", ">last");
            curves.forEach((name, figures) -> table.row(
                    name.replace('_', ' '),
                    figure(figures[0]),
                    Sparkline.of(figures, width),
                    figure(figures[figures.length - 1])));
            text.append(table.text("  ", style)).append('\n');
        });
        return text.toString();
    }

    private static String figure(double value) {
        double size = Math.abs(value);
        if (size >= 1000) {
            return Words.count(value);
        }
        return size == 0 || size >= 0.001
                ? Words.decimal(value, size >= 100 ? 1 : 3)
                : String.format(java.util.Locale.ROOT, "%.1e", value);
    }
}
