package genka.report;

import genka.plan.Goodput;
import genka.plan.MemoryModel;
import genka.plan.PlanInput;
import genka.plan.RunPlan;
import genka.plan.Search;
import genka.plan.StagePlan;
import genka.plan.StepTime;
import genka.report.Chart.Axis;
import genka.report.Chart.Line;
import genka.report.Chart.Unit;
import genka.report.Page.Part;
import genka.report.Timeline.Band;
import genka.units.Words;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** A plan as a page: totals with their ranges, where time and memory go, what failures cost, more or fewer accelerators. */
public final class PlanPage {
    private static final double GIGA = 1e9;
    private static final double HOURS_A_DAY = 24;
    private static final double SECONDS = 3600;

    private PlanPage() {}

    /**
     * A whole HTML file, to keep.
     *
     * @param scaling the longest training stage on fewer and more accelerators; empty when all stages do other work too
     * @param options what would change most
     */
    public static String of(RunPlan plan, List<Search.Found> scaling, List<String> options) {
        List<Chart> charts = scaling.size() > 1 ? charts(plan, scaling) : List.of();
        List<Part> parts = new ArrayList<>();
        parts.add(new Part("headline", headline(plan)));
        parts.add(new Part("totals", totals(plan)));
        parts.add(new Part("time", time(plan.longest())));
        parts.add(new Part("memory", memory(plan.longest())));
        parts.add(new Part("losses", losses(plan.goodput())));
        parts.add(new Part("scaling", RunPage.curves("On more or fewer accelerators", charts)));
        parts.add(new Part("inputs", inputs(plan.inputs())));
        parts.add(new Part("notes", notes(plan, options)));
        return new Page("Plan of " + plan.name() + " · Genka", parts, new Page.Data(charts, List.of()))
                .text(Page.Mode.KEPT);
    }

    private static Html headline(RunPlan plan) {
        return Html.of(
                "<p class=\"eyebrow\">plan · {} × {}</p><h1>{}</h1>",
                plan.goodput().accelerators(),
                plan.longest().job().cluster().name(),
                plan.name());
    }

    private static Html totals(RunPlan plan) {
        Goodput goodput = plan.goodput();
        double steady = plan.hours() / HOURS_A_DAY;
        double expected = goodput.wallHours() / HOURS_A_DAY;
        List<Html> rows = new ArrayList<>();
        rows.add(row("days of steady work", decimal(steady), range(steady * plan.low(), steady * plan.high())));
        rows.add(row(
                "days with failures",
                decimal(expected),
                range(expected * plan.expectedLow(), expected * plan.expectedHigh())));
        rows.add(row(
                "accelerator hours",
                Words.count(plan.acceleratorHours()),
                Words.count(plan.acceleratorHours() * plan.low()) + " to "
                        + Words.count(plan.acceleratorHours() * plan.high())));
        plan.published()
                .ifPresent(
                        stated -> rows.add(row("published", Words.count(stated.acceleratorHours()), stated.source())));
        rows.add(row(
                "dollars",
                "$" + Words.count(plan.usd()),
                "$" + Words.count(plan.usdLow()) + " to $" + Words.count(plan.usdHigh())));
        return Html.of("""
                <h2>Time and money</h2><div class="scroll"><table><thead><tr><th scope="col">what</th>
                <th scope="col" class="n">predicted</th><th scope="col" class="n">80 % range</th></tr></thead>
                <tbody>{}</tbody></table></div>
                """, Html.all(rows));
    }

    private static Html row(String name, String value, String range) {
        return Html.of(
                "<tr><th scope=\"row\">{}</th><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>", name, value, range);
    }

    private static Html time(StagePlan stage) {
        Map<String, Double> shares = new LinkedHashMap<>();
        stage.shares().entrySet().stream()
                .sorted(Map.Entry.<StepTime.Part, Double>comparingByValue().reversed())
                .forEach(part -> shares.put(part.getKey().words(), part.getValue()));
        return bars(
                "Where a step of " + stage.name() + " goes",
                "A step takes " + Words.duration(stage.stepSeconds()) + ".",
                shares,
                share -> Words.decimal(share * stage.stepSeconds(), 2) + " s");
    }

    private static Html memory(StagePlan stage) {
        MemoryModel.Use use = stage.memory();
        Map<String, Double> shares = new LinkedHashMap<>();
        shares.put("parameters", use.parameters() / use.total());
        shares.put("gradients", use.gradients() / use.total());
        shares.put("optimizer", use.optimizer() / use.total());
        shares.put("activations", use.activations() / use.total());
        shares.put("for a moment at work", use.working() / use.total());
        shares.put("runtime", use.runtime() / use.total());
        return bars(
                "Memory of the fullest accelerator",
                Words.decimal(use.total() / GIGA, 1) + " of "
                        + Words.decimal(stage.job().cluster().memoryBytes() / GIGA, 0) + " GB.",
                shares,
                share -> Words.decimal(share * use.total() / GIGA, 1) + " GB");
    }

    private static Html losses(Goodput goodput) {
        Map<String, Double> shares = new LinkedHashMap<>();
        shares.put("finished work", goodput.share());
        goodput.lostHours().forEach((loss, hours) -> shares.put(loss.words(), hours / goodput.wallHours()));
        return bars(
                "What becomes of the wall-clock",
                "A failure every " + decimal(goodput.meanHoursBetweenFailures()) + " hours; a checkpoint every "
                        + Words.duration(60 * goodput.everyMinutes()) + "; " + goodput.spares() + " spares beside.",
                shares,
                share -> Words.decimal(share * goodput.wallHours(), 1) + " h");
    }

    private static Html bars(String title, String says, Map<String, Double> shares, Function<Double, String> amount) {
        List<Html> rows = new ArrayList<>();
        shares.forEach((name, share) ->
                rows.add(MoneySection.bar(name, 0, share, "learn", amount.apply(share), Words.percent(share))));
        return Html.of("""
                <figure class="figure"><figcaption><h3>{}</h3><p>{}</p></figcaption>
                <table class="bars"><thead class="unseen"><tr><th scope="col">what</th><th scope="col">bar</th>
                <th scope="col">amount</th><th scope="col">share</th></tr></thead><tbody>{}</tbody></table></figure>
                """, title, says, Html.all(rows));
    }

    private static List<Chart> charts(RunPlan plan, List<Search.Found> scaling) {
        double steps = plan.longestTraining().orElseThrow().steps();
        int most = scaling.getLast().job().cluster().accelerators();
        List<Band> band = List.of(new Band("accelerators", 0, most, most));
        Function<Search.Found, Double> days = found -> steps * found.seconds() / SECONDS / HOURS_A_DAY;
        return List.of(
                chart(
                        "days",
                        "Days",
                        "Each point is the fastest way found on so many accelerators.",
                        band,
                        scaling,
                        days),
                chart(
                        "dollars",
                        "Dollars",
                        "Steady work at the price of the plan.",
                        band,
                        scaling,
                        found -> days.apply(found)
                                * HOURS_A_DAY
                                * found.job().cluster().accelerators()
                                * plan.price().usd()));
    }

    private static Chart chart(
            String id,
            String title,
            String says,
            List<Band> band,
            List<Search.Found> scaling,
            Function<Search.Found, Double> value) {
        double[][] points = scaling.stream()
                .map(found -> new double[] {found.job().cluster().accelerators(), value.apply(found)})
                .toArray(double[][]::new);
        return new Chart(
                id,
                title,
                says,
                band,
                List.of(new Axis(title, Unit.NUMBER)),
                List.of(new Line(title, "learn", 0, true, false, List.<double[][]>of(points))),
                List.of());
    }

    private static Html inputs(List<PlanInput> inputs) {
        List<Html> rows = inputs.stream()
                .sorted(Comparator.comparing(PlanInput::tier))
                .map(input -> Html.of(
                        "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td></tr>",
                        input.name(),
                        input.value(),
                        input.tier().word(),
                        input.source()))
                .toList();
        return Html.of("""
                <h2>What it hangs on</h2><div class="scroll"><table><thead><tr><th scope="col">input</th>
                <th scope="col">value</th><th scope="col">tier</th><th scope="col">source</th></tr></thead>
                <tbody>{}</tbody></table></div>
                """, Html.all(rows));
    }

    private static Html notes(RunPlan plan, List<String> options) {
        List<String> lines = new ArrayList<>();
        plan.refusal().ifPresent(refusal -> lines.add("does not fit: " + refusal.reason()));
        lines.addAll(options);
        lines.addAll(plan.notes());
        lines.add("price: " + plan.price().source());
        return Html.of(
                "<h2>What to know</h2><ul class=\"notes\">{}</ul>",
                Html.all(
                        lines.stream().map(line -> Html.of("<li>{}</li>", line)).toList()));
    }

    private static String decimal(double value) {
        return Words.decimal(value, value < 10 ? 2 : 1);
    }

    private static String range(double low, double high) {
        return decimal(low) + " to " + decimal(high);
    }
}
