package genka.report;

import genka.report.Chart.Line;
import genka.report.Timeline.Band;
import genka.units.Words;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** A chart on the page: title, sentence, the place its curves are drawn in, and the same as a table. */
final class ChartFigure {
    private static final int ROWS = 12;
    private static final int MEASURED_ROWS = 200;

    private ChartFigure() {}

    static Html of(Chart chart, String size) {
        return Html.of(
                """
                <figure class="figure {}" id="{}">
                <figcaption><h3>{}</h3><p>{}</p></figcaption>
                <div class="chart" id="chart-{}" data-chart="{}" role="img" aria-label="{}" hx-preserve="true"></div>
                {}
                </figure>
                """,
                size,
                chart.id(),
                chart.title(),
                chart.says(),
                chart.id(),
                chart.id(),
                chart.title() + ". " + chart.says(),
                details("table-" + chart.id(), "The figures as a table", table(chart)));
    }

    static Html details(String id, String summary, Html content) {
        return Html.of(
                "<details id=\"{}\"><summary>{}</summary><div class=\"scroll\" tabindex=\"0\" role=\"region\""
                        + " aria-label=\"{}\">{}</div></details>",
                id,
                summary,
                summary,
                content);
    }

    /** A point of a line, and the band it belongs to. */
    private record Moment(int band, double x) {}

    /** The curves at each moment that was measured on its own; without such at a dozen of each band. */
    private static Html table(Chart chart) {
        List<Html> head = new ArrayList<>();
        for (Line line : chart.lines()) {
            head.add(Html.of("<th scope=\"col\" class=\"n\">{}</th>", line.name()));
        }
        List<Html> rows = new ArrayList<>();
        for (int band = 0; band < chart.bands().size(); band++) {
            for (Moment moment : moments(chart, band)) {
                rows.add(row(chart, moment));
            }
        }
        return Html.of(
                "<table><thead><tr><th scope=\"col\">{}</th>{}</tr></thead><tbody>{}</tbody></table>",
                chart.across().isEmpty() ? "step" : chart.across(),
                Html.all(head),
                Html.all(rows));
    }

    /** Of all lines, the first and the last among them. */
    private static List<Moment> moments(Chart chart, int band) {
        boolean measured = chart.lines().stream().anyMatch(Line::dots);
        double[] all = chart.lines().stream()
                .filter(line -> line.dots() == measured)
                .flatMap(line -> Arrays.stream(line.parts().get(band)))
                .mapToDouble(point -> point[0])
                .sorted()
                .distinct()
                .toArray();
        int count = Math.min(measured ? MEASURED_ROWS : ROWS, all.length);
        return IntStream.range(0, count)
                .map(i -> count == 1 ? 0 : (int) Math.round((double) i * (all.length - 1) / (count - 1)))
                .mapToObj(at -> new Moment(band, all[at]))
                .toList();
    }

    private static Html row(Chart chart, Moment moment) {
        List<Html> cells = new ArrayList<>();
        for (Line line : chart.lines()) {
            cells.add(Html.of(
                    "<td class=\"n\">{}</td>",
                    figure(
                            valueAt(line, moment, !chart.across().isEmpty()),
                            chart.axes().get(line.axis()))));
        }
        if (!chart.across().isEmpty()) {
            return Html.of("<tr><th scope=\"row\">{}</th>{}</tr>", Math.round(moment.x()), Html.all(cells));
        }
        Band band = chart.bands().get(moment.band());
        long step = Math.round((moment.x() - band.from()) / (band.to() - band.from()) * band.steps());
        return Html.of("<tr><th scope=\"row\">{} {}</th>{}</tr>", band.name(), step, Html.all(cells));
    }

    /** The band's last point at or before the moment, or only the one there. */
    private static double valueAt(Line line, Moment moment, boolean there) {
        double value = Double.NaN;
        for (double[] point : line.parts().get(moment.band())) {
            if (point[0] > moment.x() + 1e-9) {
                break;
            }
            value = there && point[0] < moment.x() ? Double.NaN : point[1];
        }
        return value;
    }

    private static String figure(double value, Chart.Axis axis) {
        return switch (axis.unit()) {
            case PERCENT -> Words.percent(value);
            case TOKENS -> Words.decimal(value, 1);
            case AMOUNT ->
                Double.isNaN(value) ? "–" : Words.decimal(value, Math.abs(value) < 10 ? 2 : 1) + " " + axis.name();
            case USD -> Words.usd(value);
            case NUMBER -> Math.abs(value) >= 1000 ? Words.count(value) : Words.decimal(value, 3);
            case LOG -> Double.isNaN(value) ? "–" : String.format(Locale.ROOT, "%.2e", value);
        };
    }
}
