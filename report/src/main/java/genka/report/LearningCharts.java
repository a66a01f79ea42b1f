package genka.report;

import genka.report.Chart.Axis;
import genka.report.Chart.Line;
import genka.report.Chart.Mark;
import genka.report.Chart.Unit;
import genka.units.Words;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The charts of one run's learning; those without figures are left out. */
final class LearningCharts {
    /** More points than a screen has columns show nothing more. */
    static final int MOST_POINTS = 400;

    /** Whose figures a chart shows. */
    private enum Over {
        ALL,
        /** Stages that teach: of those that reward, the loss says little. */
        TAUGHT,
        REWARDED;

        boolean has(StageMetrics stage) {
            return switch (this) {
                case ALL -> true;
                case TAUGHT -> !stage.reinforces();
                case REWARDED -> stage.reinforces();
            };
        }
    }

    private record Curve(String name, String figure, String tone) {}

    private record Kind(String id, String title, String says, Unit unit, Over over, List<Curve> curves) {
        private Kind(String id, String title, String says, Unit unit, Over over, Curve... curves) {
            this(id, title, says, unit, over, List.of(curves));
        }
    }

    /** In the order of the page. */
    private static final List<Kind> KINDS = List.of(
            new Kind(
                    "loss",
                    "Loss",
                    "Cross-entropy of the next token, in nats. Lower is better.",
                    Unit.NUMBER,
                    Over.TAUGHT,
                    new Curve("loss", "loss", "ink"),
                    new Curve("two tokens ahead", "mtp_loss", "length")),
            new Kind(
                    "held-out",
                    "Held-out text",
                    "Bits for each byte of text the model never saw. Lower is better.",
                    Unit.NUMBER,
                    Over.ALL,
                    new Curve("bits per byte", "evaluation bits_per_byte", "learn")),
            new Kind(
                    "reward",
                    "Reward and its parts",
                    "Mean over the answers sampled in a step.",
                    Unit.NUMBER,
                    Over.REWARDED,
                    new Curve("reward", "reward", "ink"),
                    new Curve("accuracy", "accuracy", "learn"),
                    new Curve("format", "format", "length"),
                    new Curve("language", "language", "third")),
            new Kind(
                    "thinking",
                    "How it answers",
                    "Shares of sampled answers that think first, and that the length limit cuts off.",
                    Unit.PERCENT,
                    Over.REWARDED,
                    new Curve("think first", "think_share", "third"),
                    new Curve("cut off", "truncated_share", "warn")),
            new Kind(
                    "entropy",
                    "Entropy",
                    "How undecided the model is at each token, in nats. Near zero it explores no more.",
                    Unit.NUMBER,
                    Over.REWARDED,
                    new Curve("entropy", "entropy", "third")),
            new Kind(
                    "kl",
                    "Distance to the reference",
                    "KL divergence from the reference policy, in nats a token.",
                    Unit.NUMBER,
                    Over.REWARDED,
                    new Curve("KL", "kl", "length")),
            new Kind(
                    "groups",
                    "Without a lesson",
                    "Shares of questions whose answers all earned the same, and of tokens that clipping held back.",
                    Unit.PERCENT,
                    Over.REWARDED,
                    new Curve("all the same", "zero_variance_share", "ink"),
                    new Curve("clipped", "clip_share", "warn")),
            new Kind(
                    "gradient",
                    "Gradient norm",
                    "Before clipping. Spikes are batches that surprised the model.",
                    Unit.NUMBER,
                    Over.ALL,
                    new Curve("gradient norm", "gradient_norm", "ink")),
            new Kind(
                    "learning-rate",
                    "Learning rate",
                    "The schedule as it was carried out.",
                    Unit.LOG,
                    Over.ALL,
                    new Curve("learning rate", "learning_rate", "third")),
            new Kind(
                    "speed",
                    "Speed",
                    "Tokens trained on, or generated and learned from, a second.",
                    Unit.NUMBER,
                    Over.ALL,
                    new Curve("tokens a second", "tokens_per_s", "learn")));

    private final List<StageMetrics> stages;
    private final Optional<Aha> aha;

    LearningCharts(Metrics metrics) {
        this.stages = List.copyOf(metrics.stages());
        this.aha = Aha.of(metrics);
    }

    /** Accuracy and length of answers on one timeline. */
    Optional<Chart> answers() {
        List<StageMetrics> judged = with("evaluation greedy_accuracy");
        Timeline timeline = new Timeline(judged);
        List<Line> lines = new ArrayList<>();
        line(lines, timeline, judged, new Curve("greedy accuracy", "evaluation greedy_accuracy", "learn"), 0, false);
        line(
                lines,
                timeline,
                judged,
                new Curve("length of answers", "evaluation mean_response_tokens", "length"),
                1,
                false);
        if (lines.isEmpty()) {
            return Optional.empty();
        }
        List<StageMetrics> rewarded = judged.stream().filter(Over.REWARDED::has).toList();
        line(lines, timeline, rewarded, new Curve("accuracy, sampled", "accuracy", "learn"), 0, true);
        line(lines, timeline, rewarded, new Curve("length, sampled", "response_tokens", "length"), 1, true);
        return Optional.of(new Chart(
                "aha",
                aha.isPresent() ? "The aha moment" : "Accuracy and length of answers",
                aha.map(LearningCharts::says)
                                .orElse(
                                        "Whether the model finds right answers, and how many tokens it takes to give them.")
                        + (lines.stream().anyMatch(Line::faint) ? " Dashed: answers sampled for training." : ""),
                timeline.bands(),
                List.of(new Axis("accuracy", Unit.PERCENT), new Axis("tokens", Unit.TOKENS)),
                lines,
                aha.map(a -> List.of(new Mark(timeline.x(a.stage(), a.step()), "aha")))
                        .orElse(List.of())));
    }

    private static String says(Aha a) {
        return "Between steps " + a.fromStep() + " and " + a.step() + " of " + a.stage()
                + " greedy accuracy jumps from " + Story.percent(a.accuracyBefore()) + " to "
                + Story.percent(a.accuracyAfter()) + ", and answers grow from " + Words.decimal(a.tokensBefore(), 1)
                + " to " + Words.decimal(a.tokensAfter(), 1) + " tokens: the model has found that thinking pays.";
    }

    /** All others, in the order of a page. */
    List<Chart> curves() {
        return KINDS.stream().map(this::chart).flatMap(Optional::stream).toList();
    }

    private Optional<Chart> chart(Kind kind) {
        List<StageMetrics> over = stages.stream()
                .filter(kind.over()::has)
                .filter(stage -> kind.curves().stream()
                        .anyMatch(curve -> stage.figure(curve.figure()).isPresent()))
                .toList();
        Timeline timeline = new Timeline(over);
        List<Line> lines = new ArrayList<>();
        for (Curve curve : kind.curves()) {
            line(lines, timeline, over, curve, 0, false);
        }
        return lines.isEmpty()
                ? Optional.empty()
                : Optional.of(new Chart(kind.id(), kind.title(), kind.says(), kind.unit(), timeline.bands(), lines));
    }

    private List<StageMetrics> with(String figure) {
        return stages.stream().filter(s -> s.figure(figure).isPresent()).toList();
    }

    /** Adds a line, unless there is nothing to draw: one that is zero all along belongs to something the recipe does not use. */
    private static void line(
            List<Line> lines, Timeline timeline, List<StageMetrics> over, Curve curve, int axis, boolean faint) {
        boolean measured = curve.figure().startsWith("evaluation");
        Line line = new Line(
                curve.name(), curve.tone(), axis, measured, faint, timeline.parts(over, curve.figure(), MOST_POINTS));
        boolean varies =
                measured || line.parts().stream().flatMap(Arrays::stream).anyMatch(point -> point[1] != 0);
        if (varies && line.size() > (measured ? 0 : 1)) {
            lines.add(line);
        }
    }
}
