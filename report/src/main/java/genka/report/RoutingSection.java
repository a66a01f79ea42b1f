package genka.report;

import genka.report.StageMetrics.Load;
import genka.report.Timeline.Band;
import genka.units.Words;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;

/** How tokens are routed: a heat map for each layer with experts, all on the run's timeline. */
final class RoutingSection {
    private static final int COLUMNS = 160;
    private static final int EVEN = 100;
    private static final int MOST = 999;

    private final List<StageMetrics> stages;
    private final Timeline timeline;
    private final List<Integer> layers;

    RoutingSection(Metrics metrics) {
        this.stages =
                metrics.stages().stream().filter(s -> !s.loads().isEmpty()).toList();
        this.timeline = new Timeline(stages);
        TreeSet<Integer> all = new TreeSet<>();
        stages.forEach(stage -> all.addAll(stage.loads().keySet()));
        this.layers = List.copyOf(all);
    }

    List<HeatMap> heatMaps() {
        return layers.stream().map(this::heatMap).toList();
    }

    private HeatMap heatMap(int layer) {
        int experts = loads(layer).getFirst().shares().length;
        int[] values = new int[experts * COLUMNS];
        double width = timeline.bands().getLast().to();
        for (int c = 0; c < COLUMNS; c++) {
            double[] shares = at(layer, width * (c + 0.5) / COLUMNS);
            for (int e = 0; e < experts; e++) {
                values[e * COLUMNS + c] =
                        e < shares.length ? (int) Math.min(MOST, Math.round(EVEN * shares[e] * experts)) : -1;
            }
        }
        return new HeatMap("layer-" + layer, experts, COLUMNS, values);
    }

    /** The last shares at or before x; the first of its stage where there are none yet. */
    private double[] at(int layer, double x) {
        for (int s = 0; s < stages.size(); s++) {
            Band band = timeline.bands().get(s);
            List<Load> loads = stages.get(s).loads().getOrDefault(layer, List.of());
            if (x <= band.to() && !loads.isEmpty()) {
                double[] shares = loads.getFirst().shares();
                for (Load load : loads) {
                    if (timeline.x(band.name(), load.step()) <= x) {
                        shares = load.shares();
                    }
                }
                return shares;
            }
        }
        return new double[0];
    }

    private List<Load> loads(int layer) {
        return stages.stream()
                .flatMap(stage -> stage.loads().getOrDefault(layer, List.of()).stream())
                .toList();
    }

    Html html() {
        if (layers.isEmpty()) {
            return Html.NONE;
        }
        List<Html> maps = layers.stream().map(this::map).toList();
        return Html.of("""
                <figure class="figure routing" id="routing-load"><figcaption><h2>Where the experts’ tokens go</h2>
                <p>Each row is an expert, each column a moment of the run. Plain is an even share; the router’s bias keeps it so
                without a loss term.</p></figcaption>
                <p class="scale" aria-hidden="true"><span>idle</span><i></i><span>even share</span><i></i><span>twice as much</span></p>
                <div class="maps">{}</div>{}</figure>
                """, Html.all(maps), ChartFigure.details("table-routing", "The figures as a table", table()));
    }

    private Html map(int layer) {
        int experts = loads(layer).getFirst().shares().length;
        return Html.of(
                """
                <div class="map"><h3>Layer {} <small>{} experts</small></h3>
                <canvas id="map-layer-{}" style="height:{}px" role="img" aria-label="Load of the experts of layer {}: {}"></canvas>
                <p class="bands" aria-hidden="true">{}</p></div>
                """,
                layer,
                experts,
                layer,
                Math.clamp(experts * 18L, 64, 192),
                layer,
                spread(loads(layer).getLast().shares()),
                bands());
    }

    private Html bands() {
        return timeline.bands().size() < 2
                ? Html.NONE
                : Html.all(timeline.bands().stream()
                        .map(band -> Html.of(
                                "<span data-from=\"{}\">{}</span>",
                                100 * band.from() / timeline.bands().getLast().to(),
                                band.name()))
                        .toList());
    }

    private Html table() {
        List<Html> rows = new ArrayList<>();
        for (int layer : layers) {
            List<Load> loads = loads(layer);
            rows.add(Html.of(
                    "<tr><th scope=\"row\">layer {}</th><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>",
                    layer,
                    spread(loads.getFirst().shares()),
                    spread(loads.getLast().shares())));
        }
        return Html.of("""
                <table><thead><tr><th scope="col">least to most loaded expert</th><th scope="col" class="n">at first</th>
                <th scope="col" class="n">at last</th></tr></thead><tbody>{}</tbody></table>
                """, Html.all(rows));
    }

    private static String spread(double[] shares) {
        double[] sorted = shares.clone();
        Arrays.sort(sorted);
        return Words.percent(sorted[0]) + " to " + Words.percent(sorted[sorted.length - 1]);
    }
}
