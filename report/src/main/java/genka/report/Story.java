package genka.report;

import genka.catalog.ModelSpec;
import genka.catalog.ParameterCount;
import genka.units.Words;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A run in a few plain sentences. */
final class Story {
    private final RunData run;

    Story(RunData run) {
        this.run = run;
    }

    /** What the recipe's author says of it, otherwise its name. */
    String title() {
        return run.recipe().about().isBlank()
                ? run.summary().run().recipeName()
                : run.recipe().about();
    }

    /** What was trained: {@code a DeepSeek-V3 model of 221 k parameters, 3 layers, 2 of 4 experts}. */
    Optional<String> model() {
        return run.recipe().model().map(Story::words);
    }

    private static String words(ModelSpec spec) {
        String experts = spec.moe()
                .map(moe -> ", " + moe.expertsPerToken() + " of " + moe.routedExperts() + " experts for each token")
                .orElse("");
        return spec.modelType() + ", " + Words.count(ParameterCount.of(spec).total()) + " parameters in "
                + spec.layers() + " layers" + experts;
    }

    /** What changed: {@code greedy accuracy 10.5 % → 100 %, answers 3.0 → 22.0 tokens}; empty before there is anything to compare. */
    String learned() {
        Collection<StageMetrics> stages = run.metrics().stages();
        List<StageMetrics> judged = stages.stream()
                .filter(s -> s.evaluation("greedy_accuracy").isPresent())
                .toList();
        if (!judged.isEmpty()) {
            return change(judged, "greedy_accuracy", "greedy accuracy", "", Story::percent)
                    + change(judged, "mean_response_tokens", ", answers", " tokens", v -> Words.decimal(v, 1));
        }
        List<StageMetrics> read = stages.stream()
                .filter(s -> s.evaluation("bits_per_byte").isPresent())
                .toList();
        if (!read.isEmpty()) {
            return change(read, "bits_per_byte", "held-out text", " bits per byte", v -> Words.decimal(v, 2));
        }
        return stages.stream()
                .filter(s -> s.figure("loss").isPresent())
                .findFirst()
                .map(s -> "loss " + Words.decimal(s.figure("loss").orElseThrow().first(), 3) + " → "
                        + Words.decimal(s.figure("loss").orElseThrow().last(), 3))
                .orElse("");
    }

    /** From the first look of the stages that reward, or else the first of all, to the last look. */
    private static String change(
            List<StageMetrics> stages,
            String figure,
            String name,
            String unit,
            java.util.function.DoubleFunction<String> words) {
        StageMetrics base =
                stages.stream().filter(StageMetrics::reinforces).findFirst().orElse(stages.getFirst());
        double before = base.evaluation(figure).map(Series::first).orElse(Double.NaN);
        double after = stages.getLast().evaluation(figure).map(Series::last).orElse(Double.NaN);
        return name + " " + words.apply(before) + " → " + words.apply(after) + unit;
    }

    /** {@code $0.0020 in 54 s}. */
    String price() {
        return Usd.rounded(run.bill().full()) + " in " + Words.duration(run.wallSeconds());
    }

    String state() {
        return run.summary().state().name().toLowerCase(Locale.ROOT);
    }

    /** Whole percents without their decimal. */
    static String percent(double share) {
        String words = Words.percent(share);
        return words.endsWith(".0 %") ? words.replace(".0 %", " %") : words;
    }
}
