package genka.app;

import genka.catalog.Traffic;
import genka.plan.ServingPlan;
import genka.units.Words;
import java.util.LinkedHashMap;
import java.util.Map;

/** A plan of serving: one screen, or the object that --json prints. */
final class ServingScreen {
    private static final double MILLI = 1e-3;
    private static final int DIGITS = 3;

    private ServingScreen() {}

    static String text(ServingPlan plan, Style style) {
        Traffic traffic = plan.traffic();
        StringBuilder text = new StringBuilder();
        text.append("Serving ")
                .append(style.bold(traffic.name()))
                .append(": ")
                .append(traffic.model())
                .append(" in ")
                .append(traffic.precision())
                .append(" on nodes of ")
                .append(traffic.nodeAccelerators())
                .append(" × ")
                .append(traffic.accelerator())
                .append(" at $")
                .append(Words.decimal(traffic.rent(), 2))
                .append(" an hour each\n");
        text.append("  a day: ")
                .append(Words.count(traffic.input()))
                .append(" tokens of prompts, ")
                .append(Words.percent(traffic.hits() / traffic.input()))
                .append(" of them cached; ")
                .append(Words.count(traffic.output()))
                .append(" of answers, at ")
                .append(Words.decimal(traffic.userRate(), 0))
                .append(" a second for each reader or faster\n\n");
        text.append(figures(plan, style)).append('\n');
        text.append(prices(plan, style)).append('\n');
        text.append("  prompts are read by units of ")
                .append(traffic.prefillRanks())
                .append(", answers written by units of ")
                .append(traffic.decodeRanks())
                .append(" accelerators: ")
                .append(Words.decimal(plan.requests(), 0))
                .append(" answers on each, a token every ")
                .append(Words.decimal(plan.tokenSeconds() / MILLI, 1))
                .append(" ms\n  memory has room for ")
                .append(Words.decimal(plan.fitting(), 0))
                .append(" (")
                .append(Words.decimal(plan.cacheBytesPerToken(), 0))
                .append(" bytes of 16-bit cache a token): ")
                .append(plan.boundByLatency() ? "readers' speed binds" : "memory binds")
                .append("\n  the first token takes ")
                .append(Words.duration(plan.firstTokenSeconds()))
                .append(
                        traffic.firstTokenSeconds().isPresent()
                                ? " in the mean: nodes that read prompts are busy " + Words.percent(plan.busy())
                                        + " of the time"
                                : " where no prompt waits for another; --first-token sets a target")
                .append("\n  nodes work all day at this speed: a load that rises and falls needs more of them\n\n")
                .append(PlanScreen.inputs(plan.inputs(), style));
        return text.toString();
    }

    private static String figures(ServingPlan plan, Style style) {
        Traffic traffic = plan.traffic();
        boolean said = traffic.published().isPresent();
        Table table = said
                ? Table.of("", ">predicted", "80 % range", ">published", ">difference")
                : Table.of("", ">predicted", "80 % range");
        Traffic.Published published = traffic.published().orElse(new Traffic.Published(1, 1, 1));
        row(
                table,
                said,
                "prompt tokens/s a node",
                plan.prefillRate(),
                1 / plan.high(),
                1 / plan.low(),
                published.prefillRate());
        row(
                table,
                said,
                "answer tokens/s a node",
                plan.decodeRate(),
                1 / plan.high(),
                1 / plan.low(),
                published.decodeRate());
        row(table, said, "nodes", plan.nodes(), plan.low(), plan.high(), published.nodes());
        double cost = traffic.cost(published.nodes());
        row(table, said, "dollars a day", plan.usdPerDay(), plan.low(), plan.high(), cost);
        return table.text("  ", style);
    }

    private static void row(
            Table table, boolean said, String what, double value, double low, double high, double published) {
        String range = Words.count(value * low) + " to " + Words.count(value * high);
        if (said) {
            table.row(what, Words.count(value), range, Words.count(published), Words.change(value / published - 1));
        } else {
            table.row(what, Words.count(value), range);
        }
    }

    private static String prices(ServingPlan plan, Style style) {
        Traffic traffic = plan.traffic();
        Table table = Table.of("a million tokens", ">cost", ">price");
        money(
                table,
                "of prompts, cached",
                plan.usdPerMillionHit(),
                traffic.prices().hit());
        money(
                table,
                "of prompts, not cached",
                plan.usdPerMillionMiss(),
                traffic.prices().miss());
        money(table, "of answers", plan.usdPerMillionOutput(), traffic.prices().output());
        StringBuilder text = new StringBuilder(table.text("  ", style));
        text.append("\n  a day earns $")
                .append(Words.count(traffic.revenue()))
                .append(" at these prices: ")
                .append(besideCost(plan.margin()));
        traffic.published()
                .ifPresent(published -> text.append(" (")
                        .append(margin(plan.margin(), traffic.margin(published.nodes())))
                        .append(" with the published nodes)"));
        return text.append('\n').toString();
    }

    private static String besideCost(double margin) {
        return Words.percent(Math.abs(margin)) + (margin < 0 ? " less" : " more") + " than it costs";
    }

    /** Another margin after a first: in full where one is earned and the other lost. */
    private static String margin(double first, double other) {
        return first < 0 == other < 0 ? Words.percent(Math.abs(other)) : besideCost(other);
    }

    private static void money(Table table, String what, double cost, double price) {
        table.row(what, "$" + Words.decimal(cost, DIGITS), "$" + Words.decimal(price, DIGITS));
    }

    static Map<String, Object> view(ServingPlan plan) {
        Traffic traffic = plan.traffic();
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("name", traffic.name());
        view.put("model", traffic.model());
        view.put("accelerator", traffic.accelerator());
        view.put("input_tokens_per_second_per_node", range(plan.prefillRate(), 1 / plan.high(), 1 / plan.low()));
        view.put("output_tokens_per_second_per_node", range(plan.decodeRate(), 1 / plan.high(), 1 / plan.low()));
        view.put("prefill_nodes", plan.prefillNodes());
        view.put("decode_nodes", plan.decodeNodes());
        view.put("nodes", range(plan.nodes(), plan.low(), plan.high()));
        view.put("requests_per_accelerator", plan.requests());
        view.put("requests_that_fit", plan.fitting());
        view.put("binds", plan.boundByLatency() ? "latency" : "memory");
        view.put("seconds_per_token", plan.tokenSeconds());
        view.put("seconds_to_first_token", plan.firstTokenSeconds());
        view.put("prefill_busy_share", plan.busy());
        view.put("cache_bytes_per_token", plan.cacheBytesPerToken());
        view.put("usd_per_day", range(plan.usdPerDay(), plan.low(), plan.high()));
        view.put("usd_per_million_cache_hit_tokens", plan.usdPerMillionHit());
        view.put("usd_per_million_cache_miss_tokens", plan.usdPerMillionMiss());
        view.put("usd_per_million_output_tokens", plan.usdPerMillionOutput());
        view.put("revenue_usd_per_day", traffic.revenue());
        view.put("margin", plan.margin());
        traffic.published().ifPresent(published -> {
            Map<String, Object> said = new LinkedHashMap<>();
            said.put("nodes", published.nodes());
            said.put("input_tokens_per_second_per_node", published.prefillRate());
            said.put("output_tokens_per_second_per_node", published.decodeRate());
            said.put("usd_per_day", traffic.cost(published.nodes()));
            said.put("margin", traffic.margin(published.nodes()));
            view.put("published", said);
        });
        view.put("inputs", plan.inputs().stream().map(PlanView::input).toList());
        return view;
    }

    private static Map<String, Object> range(double value, double low, double high) {
        Map<String, Object> range = new LinkedHashMap<>();
        range.put("value", value);
        range.put("low", value * low);
        range.put("high", value * high);
        return range;
    }
}
