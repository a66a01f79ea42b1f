package genka.report;

import genka.plan.Goodput;
import genka.plan.MemoryModel;
import genka.plan.RunPlan;
import genka.plan.StagePlan;
import genka.units.Words;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleFunction;

/** What becomes of a step's time, of an accelerator's memory and of the wall-clock, as bars. */
final class PlanShares {
    /** Less would read as 0.0 %. */
    private static final double WORTH_SAYING = 0.0005;

    private PlanShares() {}

    static Html of(RunPlan plan) {
        return Html.of(
                "<h2>Where it goes</h2><div class=\"columns\">{}<div>{}{}</div></div>",
                time(plan.longest()),
                memory(plan.fullest()),
                losses(plan.goodput()));
    }

    private static Html time(StagePlan stage) {
        return bars(
                "A step of " + stage.name(),
                Html.of("It takes {}.", Words.time(stage.stepSeconds())),
                stage.shareWords(),
                "learn",
                share -> Words.time(share * stage.stepSeconds()));
    }

    private static Html memory(StagePlan stage) {
        MemoryModel.Use use = stage.memory();
        Map<String, Double> shares = new LinkedHashMap<>();
        use.parts().entrySet().stream()
                .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
                .forEach(part -> shares.put(part.getKey(), part.getValue() / use.total()));
        String total = Words.bytes(use.total());
        String has = Words.bytes(stage.job().cluster().memoryBytes());
        return bars(
                "Memory of the fullest accelerator in " + stage.name(),
                stage.fits()
                        ? Html.of("{} of {}.", total, has)
                        : Html.of("<span class=\"wrong\">{} do not fit in {}.</span>", total, has),
                shares,
                stage.fits() ? "learn" : "warn",
                share -> Words.bytes(share * use.total()));
    }

    private static Html losses(Goodput goodput) {
        Map<String, Double> shares = new LinkedHashMap<>();
        shares.put("finished work", goodput.share());
        shares.putAll(goodput.losses());
        return bars(
                "The wall-clock",
                Html.of("{} with failures.", Words.hours(goodput.wallHours())),
                shares,
                "learn",
                share -> Words.hours(share * goodput.wallHours()));
    }

    private static Html bars(
            String title, Html says, Map<String, Double> shares, String tone, DoubleFunction<String> amount) {
        List<Html> rows = shares.entrySet().stream()
                .filter(part -> part.getValue() >= WORTH_SAYING)
                .map(part -> MoneySection.bar(
                        part.getKey(),
                        0,
                        part.getValue(),
                        tone,
                        amount.apply(part.getValue()),
                        Words.percent(part.getValue())))
                .toList();
        return Html.of("""
                <figure class="figure"><figcaption><h3>{}</h3><p>{}</p></figcaption>
                <table class="bars" aria-label="{}"><thead class="unseen"><tr><th scope="col">what</th><th scope="col">bar</th>
                <th scope="col">amount</th><th scope="col">share</th></tr></thead><tbody>{}</tbody></table></figure>
                """, title, says, title, Html.all(rows));
    }
}
