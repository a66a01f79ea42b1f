package genka.app;

import genka.plan.Front;
import genka.plan.Goodput;
import genka.plan.PlanInput;
import genka.plan.RunPlan;
import genka.plan.StagePlan;
import genka.plan.Tier;
import genka.units.Words;
import java.util.List;
import java.util.stream.Collectors;

/** A plan as text: one screen. */
final class PlanScreen {
    private static final double MINUTES = 60;
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
        text.append(longest(longest, style));
        text.append(memory(plan.fullest())).append('\n');
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
                    Words.time(stage.stepSeconds()),
                    Words.count(stage.tokensPerSecondPerAccelerator()),
                    Words.hours(stage.hours()),
                    Words.amount(stage.acceleratorHours()),
                    Words.bytes(stage.memory().total()) + (stage.fits() ? "" : " (too much)"));
        }
        return table.text("  ", style);
    }

    private static String totals(RunPlan plan, Style style) {
        Table table = Table.of("steady work", ">predicted", "80 % range", "");
        table.row(
                "time",
                Words.hours(plan.hours()),
                Words.hours(plan.hours() * plan.low()) + " to " + Words.hours(plan.hours() * plan.high()),
                "");
        table.row(
                "accelerator hours",
                Words.amount(plan.acceleratorHours()),
                Words.amount(plan.acceleratorHours() * plan.low()) + " to "
                        + Words.amount(plan.acceleratorHours() * plan.high()),
                plan.published()
                        .map(stated -> "published " + Words.count(stated.acceleratorHours()) + ", this is "
                                + Words.change(stated.difference(plan)))
                        .orElse(""));
        table.row(
                "dollars",
                Words.usd(plan.usd()),
                Words.usd(plan.usdLow()) + " to " + Words.usd(plan.usdHigh()),
                "price: " + plan.price().source());
        return table.text("  ", style);
    }

    private static String refused(RunPlan.Refusal refusal, Style style) {
        return "  " + style.bold("does not fit") + ": " + refusal.reason() + "\n  " + refusal.remedy() + "\n";
    }

    /** What failures make of it. */
    private static String expected(RunPlan plan, Style style) {
        Goodput goodput = plan.goodput();
        Table table = Table.of("with failures", ">expected", "80 % range", "");
        double hours = goodput.wallHours();
        table.row(
                "time",
                Words.hours(hours),
                Words.hours(hours * plan.expectedLow()) + " to " + Words.hours(hours * plan.expectedHigh()),
                Words.percent(goodput.share()) + " of the time becomes finished work");
        table.row(
                "accelerator hours",
                Words.amount(goodput.acceleratorHours()),
                Words.amount(goodput.acceleratorHours() * plan.expectedLow()) + " to "
                        + Words.amount(goodput.acceleratorHours() * plan.expectedHigh()),
                goodput.spares() == 0 ? "" : goodput.spares() + " spares included");
        table.row(
                "dollars",
                Words.usd(plan.expectedUsd()),
                Words.usd(plan.expectedUsdLow()) + " to " + Words.usd(plan.expectedUsdHigh()),
                "a failure every " + Words.hours(goodput.meanHoursBetweenFailures()));
        return table.text("  ", style) + "  lost to " + losses(goodput) + "; a checkpoint takes "
                + Words.time(goodput.checkpointSeconds()) + ", best every "
                + Words.time(goodput.everyMinutes() * MINUTES) + "\n";
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
        return goodput.losses().entrySet().stream()
                .map(loss -> loss.getKey() + " " + Words.percent(loss.getValue()))
                .collect(Collectors.joining(", "));
    }

    private static String longest(StagePlan stage, Style style) {
        Table table = Table.of("where a step's time goes", ">share", ">time");
        stage.shareWords().forEach((part, share) -> {
            if (share > WORTH_SHOWING) {
                table.row(part, Words.percent(share), Words.time(share * stage.stepSeconds()));
            }
        });
        return "  " + style.bold(stage.name()) + " spread over "
                + stage.job().strategy().words() + '\n'
                + table.text("  ", style);
    }

    private static String memory(StagePlan stage) {
        return "  memory of the fullest accelerator in " + stage.name() + ": "
                + stage.memory().parts().entrySet().stream()
                        .map(part -> part.getKey() + " " + Words.bytes(part.getValue()))
                        .collect(Collectors.joining(", "))
                + '\n';
    }

    /** Ways to spread a stage. */
    static String front(RunPlan plan, StagePlan stage, List<Front.Point> front, Style style) {
        Table table = Table.of(">accelerators", ">time", ">dollars", ">memory", "how", "why it is here");
        for (Front.Point point : front) {
            double hours = stage.hours(point.seconds());
            table.row(
                    Integer.toString(point.accelerators()),
                    Words.hours(hours),
                    Words.usd(hours * point.accelerators() * plan.price().usd()),
                    Words.bytes(point.bytes()),
                    point.job().strategy().words(),
                    point.why());
        }
        return "\n  " + stage.name()
                + ": no other way found is better in time, cost, accelerators and memory at once\n"
                + table.text("  ", style);
    }
}
