package genka.app;

import genka.report.Metrics;
import genka.report.Series;
import genka.report.StageMetrics;
import genka.units.Words;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The figures of a run as curves: for a terminal, and as JSON. */
final class Curves {
    private Curves() {}

    /** Every point, by stage, then by name, in the file's order. */
    static Map<String, Map<String, double[]>> points(Metrics metrics) {
        Map<String, Map<String, double[]>> byStage = new LinkedHashMap<>();
        for (StageMetrics stage : metrics.stages()) {
            Map<String, double[]> figures = new LinkedHashMap<>();
            stage.figures().forEach((name, series) -> figures.put(name, series.values()));
            byStage.put(stage.stage(), figures);
        }
        return byStage;
    }

    /** A table a stage: first value, curve, last value. */
    static String text(Metrics metrics, int width, Style style) {
        StringBuilder text = new StringBuilder();
        for (StageMetrics stage : metrics.stages()) {
            text.append(style.bold(stage.stage())).append('\n');
            Table table = Table.of("", ">first", "", ">last");
            stage.figures().forEach((name, series) -> row(table, name, series, width));
            text.append(table.text("  ", style)).append('\n');
        }
        return text.toString();
    }

    private static void row(Table table, String name, Series series, int width) {
        table.row(
                name.replace('_', ' '),
                figure(series.first()),
                Sparkline.of(series.values(), width),
                figure(series.last()));
    }

    private static String figure(double value) {
        double size = Math.abs(value);
        if (size >= 1000) {
            return Words.count(value);
        }
        return size == 0 || size >= 0.001
                ? Words.decimal(value, size >= 100 ? 1 : 3)
                : String.format(Locale.ROOT, "%.1e", value);
    }
}
