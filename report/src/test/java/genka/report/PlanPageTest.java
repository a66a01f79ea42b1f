package genka.report;

import static org.assertj.core.api.Assertions.assertThat;

import genka.catalog.Accelerators;
import genka.plan.Cluster;
import genka.plan.Front;
import genka.plan.Goodput;
import genka.plan.HourlyPrice;
import genka.plan.Job;
import genka.plan.MemoryModel;
import genka.plan.PlanInput;
import genka.plan.Precision;
import genka.plan.RunPlan;
import genka.plan.Schedule;
import genka.plan.Search;
import genka.plan.Stack;
import genka.plan.StagePlan;
import genka.plan.StepTime;
import genka.plan.Strategy;
import genka.plan.Tier;
import genka.plan.Transformers;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page of a plan that is made by hand, so that no fit moves it. */
class PlanPageTest {
    private static final List<Search.Found> SCALING = List.of(
            new Search.Found(job(32), 18.5, 60e9),
            new Search.Found(job(64), 9.4, 55e9),
            new Search.Found(job(128), 4.9, 40e9));

    private static Job job(int accelerators) {
        return new Job(
                Transformers.shipped().named("llama3-8b"),
                Cluster.of(Accelerators.shipped().named("H100"), accelerators),
                new Strategy(
                        2,
                        4,
                        2,
                        1,
                        accelerators / 8,
                        1,
                        1,
                        1,
                        Strategy.Recompute.NONE,
                        Schedule.ONE_F_ONE_B,
                        true,
                        Precision.BF16),
                Stack.MODERN,
                8192,
                512);
    }

    private static RunPlan plan(double steps, double stepSeconds, double activations) {
        StagePlan stage = new StagePlan(
                "pretrain",
                job(64),
                steps,
                stepSeconds,
                Map.of(
                        StepTime.Part.PRODUCTS,
                        0.7,
                        StepTime.Part.ATTENTION,
                        0.2,
                        StepTime.Part.BUBBLE,
                        0.0999,
                        StepTime.Part.DATA,
                        0.0001),
                new MemoryModel.Use(2e9, 4e9, 1.5e9, activations, 2e9, 5e9),
                0.9,
                1.2);
        double steady = stage.hours();
        Goodput goodput = new Goodput(
                steady,
                1.0501 * steady,
                1.02 * steady,
                1.1 * steady,
                780,
                3,
                95,
                Map.of(
                        Goodput.Loss.STRAGGLERS,
                        0.01 * steady,
                        Goodput.Loss.RESTART,
                        0.04 * steady,
                        Goodput.Loss.DETECTION,
                        0.0001 * steady),
                64,
                8);
        Optional<RunPlan.Refusal> refusal = stage.fits()
                ? Optional.empty()
                : Optional.of(new RunPlan.Refusal("stage pretrain needs 95 GB", Optional.of(SCALING.getLast())));
        return new RunPlan(
                "llama3-8b",
                List.of(stage),
                goodput,
                new HourlyPrice(2, 1.5, 3, "a rate card", Tier.GIVEN),
                Optional.of(new RunPlan.Published(15_000, "a report")),
                refusal,
                List.of(new PlanInput("model", "8.03 G <parameters>", Tier.GIVEN, "facts/models.yaml")),
                List.of("a note"));
    }

    private static String page(RunPlan plan) {
        return text(PlanPage.of(plan, SCALING, List.of(), List.of("an option")));
    }

    /** What stands in main, in one line. */
    private static String text(String page) {
        return page.substring(page.indexOf("<main"), page.indexOf("</main>")).replaceAll("\\s+", " ");
    }

    @Test
    void theHeadSaysWhatItTakesAndWhatItsMakersSaid() {
        assertThat(page(plan(100_000, 9.5, 40e9)))
                .contains("64 × h100-sxm at $2.00 an hour each")
                .contains("Steady work takes <b class=\"keep\">11.0 days</b>: 16.9 k accelerator hours, "
                        + "<b class=\"keep\">$33.8 k</b>")
                .contains("published 15.0 k accelerator hours; this is +12.6 %.")
                .doesNotContain("wrong");
    }

    @Test
    void smallWorkHasNoZeros() {
        String page = page(plan(100, 0.029, 40e9));
        assertThat(page).contains("<b class=\"keep\">2.9 s</b>", "It takes 29 ms.", ">0.052<", ">$0.10<");
        assertThat(page).doesNotContainPattern(">\\$?0\\.0+[ <]");
    }

    @Test
    void steadyWorkAndFailuresHaveATableEach() {
        String page = page(plan(100_000, 9.5, 40e9));
        String steady = between(page, "aria-label=\"Steady work\"", "</table>");
        String expected = between(page, "aria-label=\"With failures\"", "</table>");
        assertThat(steady).contains("11.0 days", "9.9 days to 13.2 days", "$24.9 k to $52.7 k");
        assertThat(expected).contains("11.5 days", "20.0 k", "$39.9 k", "$29.3 k to $62.4 k");
        assertThat(page).contains("95.2 % of this time becomes finished work", "8 spare accelerators are included");
    }

    @Test
    void aPlanThatDoesNotFitSaysSoFirst() {
        String page = page(plan(100_000, 9.5, 80e9));
        assertThat(between(page, "id=\"headline\"", "</section>"))
                .contains("state-failed\">does not fit", "severity-refusal", "Stage pretrain needs 95 GB.")
                .contains("The nearest plan that fits: 128 × h100-sxm, 16 data × 4 pipeline × 2 tensor ranks")
                .contains("<dd class=\"wrong\">94.5 GB");
        assertThat(between(page, "id=\"stages\"", "</section>")).contains("94.5 GB (too much)");
        assertThat(between(page, "id=\"shares\"", "</section>")).contains("94.5 GB do not fit in 80.0 GB", "tone-warn");
    }

    @Test
    void lossesAreSortedAndThoseOfNothingLeftOut() {
        String shares = between(page(plan(100_000, 9.5, 40e9)), "id=\"shares\"", "</section>");
        assertThat(shares).containsSubsequence("finished work", "restarting", "slow machines");
        assertThat(shares).doesNotContain("noticing failures", "gradient reduction");
    }

    @Test
    void chartsNameTheirStageAndMarkThePlan() {
        RunPlan plan = plan(100_000, 9.5, 40e9);
        assertThat(page(plan)).contains("Stage pretrain on more or fewer accelerators");
        List<Chart> charts = PlanScaling.charts(plan, SCALING);
        assertThat(charts).extracting(Chart::title).containsExactly("Days", "Dollars");
        assertThat(charts).allSatisfy(chart -> {
            assertThat(chart.across()).isEqualTo("accelerators");
            assertThat(chart.marks()).extracting(Chart.Mark::x).containsExactly(64.0);
        });
        assertThat(charts.getFirst().says())
                .contains("11.0 days on 64 accelerators as planned", "21.4 days on 32", "5.7 days on 128");
        assertThat(charts.getLast().marks().getFirst().words()).isEqualTo("the plan: $33.8 k");
        assertThat(charts.getLast().axes().getFirst().unit()).isEqualTo(Chart.Unit.USD);
        assertThat(ChartFigure.of(charts.getFirst(), "").source())
                .contains("<th scope=\"col\">accelerators</th>", "<th scope=\"row\">32</th>", ">21.4 days<")
                .containsSubsequence(
                        "as planned</th>", ">32<", ">–<", ">64<", ">10.9 days<", ">11.0 days<", ">128<", ">–<");
    }

    @Test
    void theSearchIsShownWhereThereWasOne() {
        RunPlan plan = plan(100_000, 9.5, 40e9);
        Front.Point point = new Front.Point(job(128), 4.9, 40e9, "fastest");
        assertThat(text(PlanPage.of(plan, SCALING, List.of(point), List.of())))
                .contains("Ways to spread pretrain", ">fastest<", ">128<", ">5.7 days<", ">$34.8 k<", ">40.0 GB<")
                .contains("16 data × 4 pipeline × 2 tensor ranks");
        assertThat(page(plan)).doesNotContain("Ways to spread");
    }

    @Test
    void everyTableHasANameAndFoldsOnAPhone() {
        String page = page(plan(100_000, 9.5, 40e9));
        Matcher tables = Pattern.compile("<table[^>]*>").matcher(page.replaceAll("<details.*?</details>", ""));
        assertThat(tables.results().map(found -> found.group()))
                .hasSizeGreaterThan(5)
                .allMatch(table -> table.contains("aria-label=\""))
                .allMatch(table -> table.contains("\"stack\"") || table.contains("\"bars\""));
        assertThat(page).contains("8.03 G &lt;parameters&gt;", "<li>An option.</li>", "<li>A note.</li>");
    }

    private static String between(String text, String from, String to) {
        int start = text.indexOf(from);
        assertThat(start).as(from).isNotNegative();
        return text.substring(start, text.indexOf(to, start));
    }
}
