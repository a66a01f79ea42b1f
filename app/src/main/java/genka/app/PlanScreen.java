package genka.app;

import genka.plan.Front;
import genka.plan.Goodput;
import genka.plan.PlanInput;
import genka.plan.RunPlan;
import genka.plan.StagePlan;
import genka.plan.StepTime;
import genka.plan.Strategy;
import genka.plan.Tier;
import genka.units.Words;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A plan as text: one screen. */
final class PlanScreen {
    private static final double GIGA = 1e9;
    private static final double HOURS_A_DAY = 24;
    private static final double SECONDS = 3600;
    private static final double WORTH_SHOWING = 0.015;

    private PlanScreen() {}

    static String text(RunPlan plan, List<String> options, Style style) {
        StagePlan longest = plan.longest();
        StringBuilder text = new StringBuilder();
        text.append("Plan of ")
                .append(style.bold(plan.name()))
                .append(" on ")
                .append(longest.job().cluster().accelerators())
                .append(" × ")
                .append(longest.job().cluster().name())
                .append(" at $")
                .append(Words.decimal(plan.price().usd(), 2))
                .append(" an hour each\n\n");
        text.append(stages(plan, style)).append('\n');
        text.append(totals(plan, style)).append('\n');
        text.append(expected(plan, style)).append('\n');
        text.append(longest(longest, style)).append('\n');
        text.append(inputs(plan.inputs(), style)).append('\n');
        plan.refusal().ifPresent(refusal -> text.append(refused(refusal, style)));
        options.forEach(option -> text.append("  ").append(option).append('\n'));
        plan.notes().forEach(note -> text.append("  ").append(note).append('\n'));
        return text.toString();
    }

    private static String stages(RunPlan plan, Style style) {
        Table table = Table.of(
                "stage", ">tokens", ">sequence", ">step", ">tokens/s each", ">time", ">accelerator hours", ">memory");
        for (StagePlan stage : plan.stages()) {
            table.row(
                    stage.name(),
                    Words.count(stage.tokens()),
                    Integer.toString(stage.job().sequence()),
                    step(stage.stepSeconds()),
                    Words.count(stage.tokensPerSecondPerAccelerator()),
                    time(stage.hours()),
                    count(stage.acceleratorHours()),
                    Words.decimal(stage.memory().total() / GIGA, 0) + " GB" + (stage.fits() ? "" : " (too much)"));
        }
        return table.text("  ", style);
    }

    private static String totals(RunPlan plan, Style style) {
        Table table = Table.of("steady work", ">predicted", "80 % range", "");
        table.row(
                "time",
                time(plan.hours()),
                time(plan.hours() * plan.low()) + " to " + time(plan.hours() * plan.high()),
                "");
        table.row(
                "accelerator hours",
                count(plan.acceleratorHours()),
                count(plan.acceleratorHours() * plan.low()) + " to " + count(plan.acceleratorHours() * plan.high()),
                plan.published()
                        .map(stated -> "published " + Words.count(stated.acceleratorHours()) + ", this is "
                                + signed(plan.acceleratorHours() / stated.acceleratorHours() - 1))
                        .orElse(""));
        table.row(
                "dollars",
                "$" + count(plan.usd()),
                "$" + count(plan.usdLow()) + " to $" + count(plan.usdHigh()),
                "price: " + plan.price().source());
        return table.text("  ", style);
    }

    private static String refused(RunPlan.Refusal refusal, Style style) {
        String nearest = refusal.nearest()
                .map(found ->
                        "the nearest plan that fits: " + found.job().cluster().accelerators() + " × "
                                + found.job().cluster().name() + ", "
                                + spread(found.job().strategy()) + ", " + gigabytes(found.bytes()) + " GB")
                .orElse("nothing near it fits: Maybe accelerators with more memory, or shorter sequences");
        return "  " + style.bold("does not fit") + ": " + refusal.reason() + "\n  " + nearest + "\n";
    }

    /** What failures make of it. */
    private static String expected(RunPlan plan, Style style) {
        Goodput goodput = plan.goodput();
        Table table = Table.of("with failures", ">expected", "80 % range", "");
        double hours = goodput.wallHours();
        table.row(
                "time",
                time(hours),
                time(hours * plan.expectedLow()) + " to " + time(hours * plan.expectedHigh()),
                Words.percent(goodput.share()) + " of the time becomes finished work");
        table.row(
                "accelerator hours",
                count(goodput.acceleratorHours()),
                count(goodput.acceleratorHours() * plan.expectedLow()) + " to "
                        + count(goodput.acceleratorHours() * plan.expectedHigh()),
                goodput.spares() == 0 ? "" : goodput.spares() + " spares included");
        double usd = goodput.acceleratorHours() * plan.price().usd();
        table.row("dollars", "$" + count(usd), "", "a failure every " + time(goodput.meanHoursBetweenFailures()));
        return table.text("  ", style) + "  lost to " + losses(goodput) + "; a checkpoint takes "
                + Words.duration(goodput.checkpointSeconds()) + ", best every "
                + Words.duration(goodput.everyMinutes() * 60) + "\n";
    }

    /** What the plan hangs on, surest first; --json and --html say where each comes from. */
    static String inputs(List<PlanInput> inputs, Style style) {
        Table table = Table.of("inputs", "");
        for (Tier tier : Tier.values()) {
            String line = inputs.stream()
                    .filter(input -> input.tier() == tier)
                    .map(input -> input.name() + " " + input.value())
                    .collect(Collectors.joining("; "));
            if (!line.isEmpty()) {
                table.row(tier.word(), line);
            }
        }
        return table.text("  ", style);
    }

    private static String losses(Goodput goodput) {
        return goodput.lostHours().entrySet().stream()
                .sorted(Map.Entry.<Goodput.Loss, Double>comparingByValue().reversed())
                .map(loss -> loss.getKey().words() + " " + Words.percent(loss.getValue() / goodput.wallHours()))
                .collect(Collectors.joining(", "));
    }

    private static String step(double seconds) {
        return seconds < 1 ? Words.decimal(1000 * seconds, seconds < 0.01 ? 2 : 0) + " ms" : Words.duration(seconds);
    }

    private static String count(double value) {
        return value < 10 ? Words.decimal(value, 2) : Words.count(value);
    }

    /** Days, hours or less, whatever reads well. */
    private static String time(double hours) {
        if (hours < 1) {
            return Words.duration(hours * SECONDS);
        }
        return hours < 2 * HOURS_A_DAY
                ? Words.decimal(hours, 1) + " hours"
                : Words.decimal(hours / HOURS_A_DAY, 1) + " days";
    }

    private static String signed(double share) {
        return (share < 0 ? "−" : "+") + Words.percent(Math.abs(share));
    }

    private static String longest(StagePlan stage, Style style) {
        Strategy s = stage.job().strategy();
        StringBuilder text = new StringBuilder();
        text.append("  ")
                .append(style.bold(stage.name()))
                .append(" spread over ")
                .append(spread(s))
                .append('\n');
        Table table = Table.of("where a step's time goes", ">share", ">seconds");
        stage.shares().entrySet().stream()
                .filter(entry -> entry.getValue() > WORTH_SHOWING)
                .sorted(Map.Entry.<StepTime.Part, Double>comparingByValue().reversed())
                .forEach(entry -> table.row(
                        entry.getKey().words(),
                        Words.percent(entry.getValue()),
                        Words.decimal(entry.getValue() * stage.stepSeconds(), 2)));
        text.append(table.text("  ", style));
        text.append("  memory of the fullest accelerator: parameters ")
                .append(gigabytes(stage.memory().parameters()))
                .append(", gradients ")
                .append(gigabytes(stage.memory().gradients()))
                .append(", optimizer ")
                .append(gigabytes(stage.memory().optimizer()))
                .append(", activations ")
                .append(gigabytes(stage.memory().activations()))
                .append(", at work ")
                .append(gigabytes(stage.memory().working()))
                .append(", runtime ")
                .append(gigabytes(stage.memory().runtime()))
                .append(" GB\n");
        return text.toString();
    }

    private static String gigabytes(double bytes) {
        return Words.decimal(bytes / GIGA, 1);
    }

    /** "8 pipeline × 4 tensor × 16 data ranks, experts over 64, ...". */
    static String spread(Strategy s) {
        StringBuilder text = new StringBuilder();
        text.append(s.data()).append(" data");
        part(text, s.pipeline(), "pipeline");
        part(text, s.tensor(), "tensor");
        part(text, s.context(), "context");
        text.append(" ranks");
        if (s.expert() > 1) {
            text.append(", experts over ").append(s.expert());
        }
        if (s.pipeline() > 1) {
            text.append(", ")
                    .append(s.schedule().name().toLowerCase(Locale.ROOT).replace('_', '-'));
            if (s.chunks() > 1) {
                text.append(" of ").append(s.chunks()).append(" chunks");
            }
        }
        text.append(", micro-batch ").append(s.microBatch());
        text.append(", ZeRO ").append(s.zeroStage());
        text.append(", recompute ").append(s.recompute().name().toLowerCase(Locale.ROOT));
        return text.append(", ")
                .append(s.precision().name().toLowerCase(Locale.ROOT))
                .toString();
    }

    private static void part(StringBuilder text, int ranks, String name) {
        if (ranks > 1) {
            text.append(" × ").append(ranks).append(' ').append(name);
        }
    }

    /** Ways to spread a stage. */
    static String front(RunPlan plan, StagePlan stage, List<Front.Point> front, Style style) {
        Table table = Table.of(">accelerators", ">days", ">dollars", ">memory", "how", "why it is here");
        double steps = stage.steps();
        for (Front.Point point : front) {
            double hours = steps * point.seconds() / 3600;
            table.row(
                    Integer.toString(point.accelerators()),
                    Words.decimal(hours / HOURS_A_DAY, 1),
                    "$"
                            + Words.count(
                                    hours * point.accelerators() * plan.price().usd()),
                    gigabytes(point.bytes()) + " GB",
                    spread(point.job().strategy()),
                    point.why());
        }
        return "\n  " + stage.name()
                + ": no other way found is better in time, cost, accelerators and memory at once\n"
                + table.text("  ", style);
    }
}
