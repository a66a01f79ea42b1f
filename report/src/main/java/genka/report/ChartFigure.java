package genka.report;

import genka.report.Chart.Line;
import genka.report.Timeline.Band;
import genka.units.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A chart on the page: title, sentence, the place its curves are drawn in, and the same as a table. */
final class ChartFigure {
    private static final int ROWS = 12;

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

    /** The curves at a dozen moments of the first line. */
    private static Html table(Chart chart) {
        List<Html> head = new ArrayList<>();
        for (Line line : chart.lines()) {
            head.add(Html.of("<th scope=\"col\" class=\"n\">{}</th>", line.name()));
        }
        List<Html> rows = new ArrayList<>();
        List<Moment> moments = moments(chart.lines().getFirst());
        int count = Math.min(ROWS, moments.size());
        for (int i = 0; i < count; i++) {
            int at = count == 1 ? 0 : (int) Math.round((double) i * (moments.size() - 1) / (count - 1));
            rows.add(row(chart, moments.get(at)));
        }
        return Html.of(
                "<table><thead><tr><th scope=\"col\">step</th>{}</tr></thead><tbody>{}</tbody></table>",
                Html.all(head),
                Html.all(rows));
    }

    private static List<Moment> moments(Line line) {
        List<Moment> moments = new ArrayList<>();
        for (int band = 0; band < line.parts().size(); band++) {
            for (double[] point : line.parts().get(band)) {
                moments.add(new Moment(band, point[0]));
            }
        }
        return moments;
    }

    private static Html row(Chart chart, Moment moment) {
        List<Html> cells = new ArrayList<>();
        for (Line line : chart.lines()) {
            cells.add(Html.of(
                    "<td class=\"n\">{}</td>",
                    figure(valueAt(line, moment), chart.axes().get(line.axis()).unit())));
        }
        Band band = chart.bands().get(moment.band());
        long step = Math.round((moment.x() - band.from()) / (band.to() - band.from()) * band.steps());
        return Html.of("<tr><th scope=\"row\">{} {}</th>{}</tr>", band.name(), step, Html.all(cells));
    }

    /** The band's last point at or before the moment. */
    private static double valueAt(Line line, Moment moment) {
        double value = Double.NaN;
        for (double[] point : line.parts().get(moment.band())) {
            if (point[0] > moment.x() + 1e-9) {
                break;
            }
            value = point[1];
        }
        return value;
    }

    private static String figure(double value, Chart.Unit unit) {
        return switch (unit) {
            case PERCENT -> Words.percent(value);
            case TOKENS -> Words.decimal(value, 1);
            case NUMBER -> Math.abs(value) >= 1000 ? Words.count(value) : Words.decimal(value, 3);
            case LOG -> Double.isNaN(value) ? "–" : String.format(Locale.ROOT, "%.2e", value);
        };
    }
}
