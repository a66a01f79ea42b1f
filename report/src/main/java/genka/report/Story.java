package genka.report;

import genka.catalog.ModelSpec;
import genka.catalog.ParameterCount;
import genka.catalog.Recipe;
import genka.units.Words;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.DoubleFunction;

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
        return Optional.ofNullable(run.recipe().models().get(Recipe.MAIN)).map(Story::words);
    }

    private static String words(ModelSpec spec) {
        String experts = spec.moe()
                .map(moe -> ", " + moe.expertsPerToken() + " of " + moe.routedExperts() + " experts for each token")
                .orElse("");
        return spec.modelType() + ", " + Words.count(ParameterCount.of(spec).total()) + " parameters in "
                + spec.layers() + " layers" + experts;
    }

    /**
     * What changed in the recipe's own model: {@code greedy accuracy 10.5 % → 100 %, answers 3.0 → 22.0 tokens}; empty before there is
     * anything to compare.
     */
    String learned() {
        List<StageMetrics> stages = run.stagesOf(Recipe.MAIN);
        List<StageMetrics> judged = with(stages, "greedy_accuracy");
        if (!judged.isEmpty()) {
            return change(judged, "greedy_accuracy", "greedy accuracy", "", Story::percent)
                    + change(judged, "mean_response_tokens", ", answers", " tokens", v -> Words.decimal(v, 1));
        }
        List<StageMetrics> read = with(stages, "bits_per_byte");
        if (!read.isEmpty()) {
            return change(read, "bits_per_byte", "held-out text", " bits per byte", v -> Words.decimal(v, 2));
        }
        return stages.stream()
                .flatMap(stage -> stage.figure("loss").stream())
                .findFirst()
                .map(loss -> "loss " + fromTo(loss.first(), loss.last(), loss.size() > 1, v -> Words.decimal(v, 3)))
                .orElse("");
    }

    private static List<StageMetrics> with(List<StageMetrics> stages, String figure) {
        return stages.stream().filter(s -> s.evaluation(figure).isPresent()).toList();
    }

    /** From what the first stage was given, or made of random weights, to the last look. */
    private static String change(
            List<StageMetrics> stages, String figure, String name, String unit, DoubleFunction<String> words) {
        Optional<Series> first = stages.getFirst().evaluation(figure);
        boolean given = first.map(series -> series.step(0) == 0).orElse(false);
        double before = first.map(series -> given || stages.size() == 1 ? series.first() : series.last())
                .orElse(Double.NaN);
        double after = stages.getLast().evaluation(figure).map(Series::last).orElse(Double.NaN);
        boolean twice = stages.size() > 1 || first.map(Series::size).orElse(0) > 1;
        return name + " " + fromTo(before, after, twice, words) + unit;
    }

    /** One measurement is no change. */
    private static String fromTo(double before, double after, boolean twice, DoubleFunction<String> words) {
        return twice ? words.apply(before) + " → " + words.apply(after) : words.apply(after);
    }

    /** What the run itself took: {@code $0.00203 in 54 s}. */
    String price() {
        return Usd.rounded(run.bill().own()) + " in " + Words.duration(run.wallSeconds());
    }

    /** Where a run that goes on stands: {@code distillation, step 237 of 500}; otherwise empty. */
    Optional<String> place() {
        return run.underWay()
                .map(stage -> stage.stage() + ", step "
                        + Words.whole(stage.lastStep())
                        + run.recipe()
                                .steps(stage.stage())
                                .map(all -> " of " + Words.whole(all))
                                .orElse(""));
    }

    /** How a run that did not finish goes on, if it left a checkpoint. */
    Optional<String> goOn() {
        boolean ended = switch (run.summary().state()) {
            case RUNNING, FINISHED -> false;
            case STOPPED, KILLED, FAILED -> true;
        };
        return ended && Files.isDirectory(run.folder().resolve("checkpoints"))
                ? Optional.of("It goes on from its last checkpoint with ./genka run --resume "
                        + run.summary().id() + ".")
                : Optional.empty();
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
