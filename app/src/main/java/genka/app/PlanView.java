package genka.app;

import genka.plan.Front;
import genka.plan.Goodput;
import genka.plan.PlanInput;
import genka.plan.RunPlan;
import genka.plan.Search;
import genka.plan.StagePlan;
import genka.plan.StepTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A plan as the object that --json prints. */
final class PlanView {
    private PlanView() {}

    static Map<String, Object> of(RunPlan plan, List<Front.Point> front) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("name", plan.name());
        view.put("accelerator", plan.longest().job().cluster().name());
        view.put("accelerators", plan.longest().job().cluster().accelerators());
        view.put("hours", range(plan.hours(), plan.hours() * plan.low(), plan.hours() * plan.high()));
        double all = plan.acceleratorHours();
        view.put("accelerator_hours", range(all, all * plan.low(), all * plan.high()));
        view.put("usd", range(plan.usd(), plan.usdLow(), plan.usdHigh()));
        view.put(
                "usd_per_accelerator_hour",
                range(plan.price().usd(), plan.price().low(), plan.price().high()));
        view.put("price_source", plan.price().source());
        plan.published().ifPresent(stated -> {
            Map<String, Object> published = new LinkedHashMap<>();
            published.put("accelerator_hours", stated.acceleratorHours());
            published.put("difference", all / stated.acceleratorHours() - 1);
            published.put("source", stated.source());
            view.put("published", published);
        });
        view.put("expected", expected(plan));
        view.put("fits", plan.refusal().isEmpty());
        plan.refusal().ifPresent(refusal -> {
            view.put("reason", refusal.reason());
            refusal.nearest().ifPresent(nearest -> view.put("nearest", found(nearest)));
        });
        view.put("stages", plan.stages().stream().map(PlanView::stage).toList());
        if (!front.isEmpty()) {
            view.put("front", front.stream().map(PlanView::point).toList());
        }
        view.put("inputs", plan.inputs().stream().map(PlanView::input).toList());
        view.put("notes", plan.notes());
        return view;
    }

    static Map<String, Object> input(PlanInput input) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("name", input.name());
        view.put("value", input.value());
        view.put("tier", input.tier().word());
        view.put("source", input.source());
        return view;
    }

    private static Map<String, Object> expected(RunPlan plan) {
        Goodput goodput = plan.goodput();
        double low = plan.expectedLow();
        double high = plan.expectedHigh();
        double all = goodput.acceleratorHours();
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("hours", range(goodput.wallHours(), goodput.wallHours() * low, goodput.wallHours() * high));
        view.put("accelerator_hours", range(all, all * low, all * high));
        view.put("usd", all * plan.price().usd());
        view.put("goodput", goodput.share());
        view.put("failures", goodput.failures());
        view.put("mean_hours_between_failures", goodput.meanHoursBetweenFailures());
        view.put("checkpoint_seconds", goodput.checkpointSeconds());
        view.put("checkpoint_every_minutes", goodput.everyMinutes());
        view.put("spare_accelerators", goodput.spares());
        view.put("spare_accelerator_hours", goodput.spareHours());
        Map<String, Object> lost = new LinkedHashMap<>();
        goodput.lostHours()
                .forEach((loss, hours) -> lost.put(loss.name().toLowerCase(Locale.ROOT), hours / goodput.wallHours()));
        view.put("lost_shares", lost);
        return view;
    }

    private static Map<String, Object> range(double value, double low, double high) {
        Map<String, Object> range = new LinkedHashMap<>();
        range.put("value", value);
        range.put("low", low);
        range.put("high", high);
        return range;
    }

    private static Map<String, Object> stage(StagePlan stage) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("name", stage.name());
        view.put("steps", stage.steps());
        view.put("tokens", stage.tokens());
        view.put(
                "step_seconds",
                range(stage.stepSeconds(), stage.stepSeconds() * stage.low(), stage.stepSeconds() * stage.high()));
        view.put("hours", stage.hours());
        view.put("accelerator_hours", stage.acceleratorHours());
        view.put("tokens_per_s_per_gpu", stage.tokensPerSecondPerAccelerator());
        view.put("model_tflops_per_gpu", stage.modelFlopsPerSecondPerAccelerator() / 1e12);
        view.put("strategy", stage.job().strategy());
        Map<String, Object> shares = new LinkedHashMap<>();
        for (StepTime.Part part : StepTime.Part.values()) {
            shares.put(part.name().toLowerCase(Locale.ROOT), stage.shares().getOrDefault(part, 0.0));
        }
        view.put("time_shares", shares);
        view.put("memory_bytes", stage.memory());
        view.put("memory_total_bytes", stage.memory().total());
        view.put("fits", stage.fits());
        view.put("binds", stage.binds().words());
        return view;
    }

    private static Map<String, Object> found(Search.Found found) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("accelerators", found.job().cluster().accelerators());
        view.put("step_seconds", found.seconds());
        view.put("memory_bytes", found.bytes());
        view.put("strategy", found.job().strategy());
        return view;
    }

    private static Map<String, Object> point(Front.Point point) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("accelerators", point.accelerators());
        view.put("step_seconds", point.seconds());
        view.put("memory_bytes", point.bytes());
        view.put("strategy", point.job().strategy());
        view.put("why", point.why());
        return view;
    }
}
