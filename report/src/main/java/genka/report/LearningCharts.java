package genka.report;

import genka.report.Chart.Axis;
import genka.report.Chart.Line;
import genka.report.Chart.Mark;
import genka.report.Chart.Unit;
import genka.units.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The charts of one run's learning; those without figures are left out. */
final class LearningCharts {
    /** More points than a screen has columns show nothing more. */
    private static final int MOST_POINTS = 400;

    private final List<StageMetrics> stages;
    private final Optional<Aha> aha;

    LearningCharts(Metrics metrics) {
        this.stages = List.copyOf(metrics.stages());
        this.aha = Aha.of(metrics);
    }

    /** Accuracy and length of answers on one timeline. */
    Optional<Chart> answers() {
        Timeline timeline = new Timeline(judged());
        List<Line> lines = new ArrayList<>();
        evaluation(lines, timeline, "greedy accuracy", "learn", 0, "greedy_accuracy");
        evaluation(lines, timeline, "length of greedy answers", "length", 1, "mean_response_tokens");
        if (lines.isEmpty()) {
            return Optional.empty();
        }
        faint(lines, timeline, "accuracy of sampled answers", "learn", 0, "accuracy");
        faint(lines, timeline, "length of sampled answers", "length", 1, "response_tokens");
        List<Mark> marks = aha.map(a -> List.of(new Mark(timeline.x(a.stage(), a.step()), "aha")))
                .orElse(List.of());
        return Optional.of(new Chart(
                "aha",
                aha.isPresent() ? "The aha moment" : "Accuracy and length of answers",
                aha.map(LearningCharts::says)
                        .orElse("Whether the model finds right answers, and how long it takes to give them."),
                timeline.bands(),
                List.of(new Axis("accuracy", Unit.PERCENT), new Axis("tokens", Unit.TOKENS)),
                lines,
                marks));
    }

    private static String says(Aha a) {
        return "Between steps " + a.fromStep() + " and " + a.step() + " of " + a.stage()
                + " greedy accuracy jumps from "
                + Story.percent(a.accuracyBefore()) + " to " + Story.percent(a.accuracyAfter())
                + ", and answers grow from " + Words.decimal(a.tokensBefore(), 1) + " to "
                + Words.decimal(a.tokensAfter(), 1) + " tokens: the model has found that thinking pays.";
    }

    /** All others, in the order of a page. */
    List<Chart> curves() {
        return Stream.of(
                        loss(),
                        heldOut(),
                        reward(),
                        thinking(),
                        entropy(),
                        kl(),
                        groups(),
                        gradient(),
                        learningRate(),
                        speed())
                .flatMap(Optional::stream)
                .toList();
    }

    /** Loss of the stages that teach; of those that reward it says little. */
    Optional<Chart> loss() {
        List<StageMetrics> taught = stages.stream()
                .filter(s -> !s.reinforces() && s.figure("loss").isPresent())
                .toList();
        return steps(
                "loss",
                "Loss",
                "Cross-entropy of the next token, in nats; lower is better.",
                Unit.NUMBER,
                taught,
                List.of(new Curve("loss", "loss", "ink"), new Curve("MTP loss", "mtp_loss", "length")));
    }

    Optional<Chart> heldOut() {
        List<StageMetrics> read = stages.stream()
                .filter(s -> s.evaluation("bits_per_byte").isPresent())
                .toList();
        return steps(
                "held-out",
                "Held-out text",
                "Bits the model needs for each byte of text it never saw; lower is better.",
                Unit.NUMBER,
                read,
                List.of(new Curve("bits per byte", "evaluation bits_per_byte", "learn")));
    }

    Optional<Chart> reward() {
        return steps(
                "reward",
                "Reward and its parts",
                "Mean over the sampled answers of a step.",
                Unit.NUMBER,
                rewarded(),
                List.of(
                        new Curve("reward", "reward", "ink"),
                        new Curve("accuracy", "accuracy", "learn"),
                        new Curve("format", "format", "length"),
                        new Curve("language", "language", "third")));
    }

    Optional<Chart> thinking() {
        return steps(
                "thinking",
                "How it answers",
                "Shares of sampled answers that think first, and that the length limit cuts off.",
                Unit.PERCENT,
                rewarded(),
                List.of(
                        new Curve("think first", "think_share", "third"),
                        new Curve("cut off", "truncated_share", "warn")));
    }

    Optional<Chart> entropy() {
        return steps(
                "entropy",
                "Entropy",
                "How undecided the model is at each token, in nats; near zero it explores no more.",
                Unit.NUMBER,
                rewarded(),
                List.of(new Curve("entropy", "entropy", "third")));
    }

    Optional<Chart> kl() {
        return steps(
                "kl",
                "Distance to the reference",
                "KL divergence from the reference policy, in nats a token.",
                Unit.NUMBER,
                rewarded(),
                List.of(new Curve("KL", "kl", "length")));
    }

    Optional<Chart> groups() {
        return steps(
                "groups",
                "Groups without a lesson",
                "Shares of questions whose answers were all right or all wrong, and of tokens that clipping held back.",
                Unit.PERCENT,
                rewarded(),
                List.of(
                        new Curve("no difference in the group", "zero_variance_share", "ink"),
                        new Curve("clipped", "clip_share", "warn")));
    }

    Optional<Chart> gradient() {
        return steps(
                "gradient",
                "Gradient norm",
                "Before clipping; spikes are batches the model found surprising.",
                Unit.NUMBER,
                stages,
                List.of(new Curve("gradient norm", "gradient_norm", "ink")));
    }

    Optional<Chart> learningRate() {
        return steps(
                "learning-rate",
                "Learning rate",
                "The schedule as it was carried out.",
                Unit.LOG,
                stages,
                List.of(new Curve("learning rate", "learning_rate", "third")));
    }

    Optional<Chart> speed() {
        return steps(
                "speed",
                "Speed",
                "Tokens trained on, or generated and learned from, a second.",
                Unit.NUMBER,
                stages,
                List.of(new Curve("tokens a second", "tokens_per_s", "learn")));
    }

    private record Curve(String name, String figure, String tone) {}

    private Optional<Chart> steps(
            String id, String title, String says, Unit unit, List<StageMetrics> over, List<Curve> curves) {
        Timeline timeline = new Timeline(over);
        List<Line> lines = new ArrayList<>();
        for (Curve curve : curves) {
            double[][] points = points(timeline, over, curve.figure());
            if (points.length > 1 && varies(points)) {
                lines.add(new Line(curve.name(), curve.tone(), 0, false, false, points));
            }
        }
        return lines.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new Chart(id, title, says, timeline.bands(), List.of(new Axis(title, unit)), lines, List.of()));
    }

    /** A figure that is zero all along is one that the recipe does not use. */
    private static boolean varies(double[][] points) {
        for (double[] point : points) {
            if (point[1] != 0) {
                return true;
            }
        }
        return false;
    }

    private void evaluation(List<Line> lines, Timeline timeline, String name, String tone, int axis, String figure) {
        double[][] points = points(timeline, judged(), "evaluation " + figure);
        if (points.length > 0) {
            lines.add(new Line(name, tone, axis, true, false, points));
        }
    }

    private void faint(List<Line> lines, Timeline timeline, String name, String tone, int axis, String figure) {
        double[][] points = points(timeline, rewarded(), figure);
        if (points.length > 1) {
            lines.add(new Line(name, tone, axis, false, true, points));
        }
    }

    private static double[][] points(Timeline timeline, List<StageMetrics> over, String figure) {
        List<double[]> points = new ArrayList<>();
        for (StageMetrics stage : over) {
            stage.figure(figure).ifPresent(series -> {
                Series few = series.thinned(MOST_POINTS);
                for (int i = 0; i < few.size(); i++) {
                    points.add(new double[] {timeline.x(stage.stage(), few.step(i)), few.value(i)});
                }
            });
        }
        return points.toArray(double[][]::new);
    }

    private List<StageMetrics> judged() {
        return stages.stream()
                .filter(s -> s.evaluation("greedy_accuracy").isPresent())
                .toList();
    }

    private List<StageMetrics> rewarded() {
        return stages.stream().filter(StageMetrics::reinforces).toList();
    }
}
