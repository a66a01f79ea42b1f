package genka.report;

import genka.plan.RunPlan;
import genka.plan.Search;
import genka.plan.StagePlan;
import genka.report.Chart.Axis;
import genka.report.Chart.Line;
import genka.report.Chart.Mark;
import genka.report.Chart.Unit;
import genka.report.Timeline.Band;
import genka.units.Words;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.function.ToDoubleBiFunction;

/** The longest training stage on fewer and more accelerators, with the plan's own number marked. */
final class PlanScaling {
    private PlanScaling() {}

    static String title(RunPlan plan) {
        return plan.longestTraining()
                .map(stage -> "Stage " + stage.name() + " on more or fewer accelerators")
                .orElse("");
    }

    static List<Chart> charts(RunPlan plan, List<Search.Found> scaling) {
        if (scaling.size() < 2) {
            return List.of();
        }
        StagePlan stage = plan.longestTraining().orElseThrow();
        Curve curve = new Curve(stage, scaling);
        Scale scale = Scale.of(curve.most((hours, count) -> hours));
        double usd = plan.price().usd();
        return List.of(
                curve.chart(
                        "time",
                        Words.capital(scale.name()),
                        "Steady work of this stage alone takes {plan} as planned. The fastest way found takes {first} and {last}.",
                        new Axis(scale.name(), Unit.AMOUNT),
                        (hours, count) -> hours / scale.hours(),
                        value -> Words.hours(value * scale.hours())),
                curve.chart(
                        "dollars",
                        "Dollars",
                        "The same at $" + Words.decimal(usd, 2)
                                + " an hour each: {plan} as planned, {first} and {last}.",
                        new Axis("dollars", Unit.USD),
                        (hours, count) -> hours * count * usd,
                        Words::usd));
    }

    /** The largest unit that the longest time is two of, in hours. */
    private record Scale(String name, double hours) {
        static Scale of(double most) {
            return List.of(new Scale("days", 24), new Scale("hours", 1), new Scale("minutes", 1.0 / 60)).stream()
                    .filter(scale -> most >= 2 * scale.hours())
                    .findFirst()
                    .orElse(new Scale("seconds", 1.0 / 3600));
        }
    }

    private record Curve(StagePlan stage, List<Search.Found> found) {
        double most(ToDoubleBiFunction<Double, Integer> figure) {
            return found.stream().mapToDouble(each -> value(each, figure)).max().orElseThrow();
        }

        private double value(Search.Found each, ToDoubleBiFunction<Double, Integer> figure) {
            return figure.applyAsDouble(stage.hours(each.seconds()), count(each));
        }

        private static int count(Search.Found each) {
            return each.job().cluster().accelerators();
        }

        Chart chart(
                String id,
                String title,
                String says,
                Axis axis,
                ToDoubleBiFunction<Double, Integer> figure,
                DoubleFunction<String> words) {
            int planned = stage.job().cluster().accelerators();
            String own = words.apply(figure.applyAsDouble(stage.hours(), planned));
            double[][] points = found.stream()
                    .map(each -> new double[] {count(each), value(each, figure)})
                    .toArray(double[][]::new);
            double from = Math.min(planned, points[0][0]);
            double to = Math.max(planned, points[points.length - 1][0]);
            return new Chart(
                    id,
                    title,
                    says.replace("{plan}", own + " on " + planned + " accelerators")
                            .replace("{first}", at(found.getFirst(), figure, words))
                            .replace("{last}", at(found.getLast(), figure, words)),
                    List.of(new Band("", from, to, Math.round(to - from))),
                    List.of(axis),
                    lines(points, new double[] {planned, figure.applyAsDouble(stage.hours(), planned)}),
                    List.of(new Mark(planned, stage.fits() ? "the plan: " + own : "the plan does not fit")),
                    "accelerators");
        }

        /** What the search finds may differ from the plan where its recipe says how the work is spread. */
        private List<Line> lines(double[][] points, double[] own) {
            Line fastest = new Line("the fastest way found", "learn", 0, true, false, List.<double[][]>of(points));
            return stage.fits()
                    ? List.of(
                            fastest,
                            new Line("as planned", "length", 0, true, false, List.<double[][]>of(new double[][] {own})))
                    : List.of(fastest);
        }

        private String at(Search.Found each, ToDoubleBiFunction<Double, Integer> figure, DoubleFunction<String> words) {
            return words.apply(value(each, figure)) + " on " + count(each);
        }
    }
}
