package genka.report;

import genka.books.RunState;
import genka.catalog.Recipe;
import genka.report.RecipeFacts.StageFacts;
import genka.units.Money;
import genka.units.Words;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoubleFunction;

/** The story of a run, a row for each stage: what it did, how long, for how much, and where it left the model. */
final class StagesSection {
    private static final Map<String, String> KINDS = Map.of(
            "pretrain", "next-token training",
            "sft", "supervised fine-tuning",
            "grpo", "reinforcement learning, GRPO",
            "rejection-sample", "keeps its own best answers",
            "distill", "learns from another model’s answers");

    private StagesSection() {}

    static Html of(RunData run) {
        List<Html> rows = new ArrayList<>();
        for (String stage : names(run)) {
            rows.add(row(run, stage));
        }
        return Html.of("""
                <h2>Stage by stage</h2>
                <table class="stack"><thead><tr><th scope="col">stage</th><th scope="col">what it does</th>
                <th scope="col" class="n">steps</th><th scope="col" class="n">tokens</th><th scope="col" class="n">time</th>
                <th scope="col" class="n">cost</th><th scope="col">result</th></tr></thead>
                <tbody>{}</tbody></table>
                """, Html.all(rows));
    }

    /** Those of the recipe in order; those of the books too, should the recipe not be readable. */
    private static Set<String> names(RunData run) {
        Set<String> names = new LinkedHashSet<>(run.recipe().stages().keySet());
        run.metrics().stages().forEach(stage -> names.add(stage.stage()));
        return names;
    }

    private static Html row(RunData run, String stage) {
        Optional<StageMetrics> metrics = run.metrics().stage(stage);
        double seconds = run.summary().nanosOf(stage) * 1e-9;
        Long tokens = run.summary().facts().tokensByStage().get(stage);
        Money cost = run.bill().of(stage);
        return Html.of(
                """
                <tr><th scope="row">{}</th><td class="what">{}</td><td class="n" data-label="steps">{}</td>
                <td class="n" data-label="tokens">{}</td><td class="n" data-label="time">{}</td>
                <td class="n" data-label="cost">{}</td><td data-label="result">{}</td></tr>
                """,
                stage,
                what(run.recipe().stage(stage)),
                metrics.map(m -> Words.whole(m.lastStep())).orElse("–"),
                tokens == null ? "–" : Words.count(tokens),
                seconds > 0 ? Words.duration(seconds) : "–",
                seconds > 0 ? Usd.rounded(cost) : "–",
                metrics.map(m -> under(run, m) + result(m))
                        .orElse(run.summary().state() == RunState.RUNNING ? "to come" : "–"));
    }

    private static String under(RunData run, StageMetrics stage) {
        return run.underWay().filter(stage::equals).isPresent() ? "under way: " : "";
    }

    private static String what(StageFacts stage) {
        String kind = stage.taughtByLarger()
                ? "learns from a larger model’s answers"
                : KINDS.getOrDefault(stage.kind(), stage.kind());
        return stage.model().equals(Recipe.MAIN) ? kind : kind + ": " + stage.model();
    }

    /** What the stage did to its model, or what it kept of the answers it asked for. */
    private static String result(StageMetrics stage) {
        Optional<Series> kept = stage.figure("kept");
        if (kept.isPresent()) {
            double share = Arrays.stream(kept.get().values()).average().orElse(Double.NaN);
            return "keeps " + Words.percent(share) + " of the answers";
        }
        if (stage.evaluation("greedy_accuracy").isPresent()) {
            return change(stage, "greedy_accuracy", Story::percent) + " right"
                    + stage.evaluation("mean_response_tokens")
                            .map(tokens -> ", " + Words.decimal(tokens.last(), 1) + " tokens")
                            .orElse("");
        }
        if (stage.evaluation("bits_per_byte").isPresent()) {
            return change(stage, "bits_per_byte", bits -> Words.decimal(bits, 3)) + " bits per byte";
        }
        return stage.figure("loss")
                .map(loss -> "loss " + Words.decimal(loss.last(), 3))
                .orElse("–");
    }

    /** From the evaluation before the first step, if there was one, to the last. */
    private static String change(StageMetrics stage, String figure, DoubleFunction<String> words) {
        Series series = stage.evaluation(figure).orElseThrow();
        String last = words.apply(series.last());
        if (series.lastStep() == 0) {
            return "at its start " + last;
        }
        return series.step(0) == 0 ? words.apply(series.first()) + " → " + last : last;
    }
}
