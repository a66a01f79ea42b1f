package genka.report;

import genka.report.Chart.Line;
import genka.report.Chart.Unit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Charts with a line for each run. */
final class ComparisonCharts {
    private record Kind(String id, String title, String says, String figure, Unit unit) {}

    private static final String LOSS = "loss";

    private static final List<Kind> KINDS = List.of(
            new Kind(
                    "accuracy",
                    "Accuracy",
                    "Share of evaluation questions answered right, greedily.",
                    "evaluation greedy_accuracy",
                    Unit.PERCENT),
            new Kind(
                    "length",
                    "Length of answers",
                    "Tokens of those answers.",
                    "evaluation mean_response_tokens",
                    Unit.TOKENS),
            new Kind(
                    "held-out",
                    "Held-out text",
                    "Bits for each byte of text the model never saw. Lower is better.",
                    "evaluation bits_per_byte",
                    Unit.NUMBER),
            new Kind("loss", "Loss", "Cross-entropy of the next token, in nats. Lower is better.", LOSS, Unit.NUMBER),
            new Kind("reward", "Reward", "Mean over the answers sampled in a step.", "reward", Unit.NUMBER),
            new Kind(
                    "entropy", "Entropy", "How undecided the model is at each token, in nats.", "entropy", Unit.NUMBER),
            new Kind("speed", "Speed", "Tokens a second.", "tokens_per_s", Unit.NUMBER));

    /** The palette, in the order runs are given their colours. */
    private static final List<String> TONES =
            List.of("learn", "length", "third", "ink", "warn", "sixth", "seventh", "eighth");

    private ComparisonCharts() {}

    static String tone(int run) {
        return TONES.get(run % TONES.size());
    }

    static List<Chart> of(Map<String, RunData> runs) {
        List<Chart> charts = new ArrayList<>();
        for (Kind kind : KINDS) {
            List<StageMetrics> stages = runs.values().stream()
                    .flatMap(run -> run.metrics().stages().stream())
                    .filter(stage -> shows(kind, stage))
                    .toList();
            if (!stages.isEmpty()) {
                charts.add(chart(kind, runs, new Timeline(stages)));
            }
        }
        return charts;
    }

    /** Of stages that reward, the loss says little. */
    private static boolean shows(Kind kind, StageMetrics stage) {
        return stage.figure(kind.figure()).isPresent() && !(kind.figure().equals(LOSS) && stage.reinforces());
    }

    private static Chart chart(Kind kind, Map<String, RunData> runs, Timeline timeline) {
        List<Line> lines = new ArrayList<>();
        int i = 0;
        for (Map.Entry<String, RunData> run : runs.entrySet()) {
            List<StageMetrics> shown = run.getValue().metrics().stages().stream()
                    .filter(stage -> shows(kind, stage))
                    .toList();
            Line line = new Line(
                    run.getKey(),
                    tone(i++),
                    0,
                    kind.figure().startsWith("evaluation"),
                    false,
                    timeline.parts(shown, kind.figure(), LearningCharts.MOST_POINTS / 2));
            if (line.size() > 0) {
                lines.add(line);
            }
        }
        return new Chart(kind.id(), kind.title(), kind.says(), kind.unit(), timeline.bands(), lines);
    }
}
