package genka.report;

import genka.books.BillLine;
import genka.books.RunState;
import genka.books.UseClock.Slice;
import genka.units.Money;
import genka.units.Words;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The story of a run, a row for each stage: what it did, how long, for how much, and where it left the model. */
final class StagesSection {
    private static final Map<String, String> KINDS = Map.of(
            "pretrain", "next-token training",
            "sft", "supervised fine-tuning",
            "grpo", "reinforcement learning, GRPO",
            "rejection-sample", "keeps its own best answers",
            "distill", "learns from a larger model");

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
                <th scope="col" class="n">cost</th><th scope="col">leaves the model at</th></tr></thead>
                <tbody>{}</tbody></table>
                """, Html.all(rows));
    }

    /** Those of the recipe in order; those of the books too, should the recipe not be readable. */
    private static Set<String> names(RunData run) {
        Set<String> names = new LinkedHashSet<>(run.recipe().kinds().keySet());
        run.metrics().stages().forEach(stage -> names.add(stage.stage()));
        return names;
    }

    private static Html row(RunData run, String stage) {
        String kind = run.recipe().kinds().getOrDefault(stage, "");
        Optional<StageMetrics> metrics = run.metrics().stage(stage);
        double seconds = run.summary().slices().stream()
                        .filter(slice -> slice.stage().equals(stage))
                        .mapToLong(Slice::nanos)
                        .sum()
                / 1e9;
        Long tokens = run.summary().facts().tokensByStage().get(stage);
        Money cost = Money.sum(
                Money.USD,
                run.bill().lines().stream()
                        .filter(line -> line.stage().equals(stage))
                        .map(BillLine::amount)
                        .toList());
        return Html.of(
                """
                <tr><th scope="row">{}</th><td data-label="what it does">{}</td><td class="n" data-label="steps">{}</td>
                <td class="n" data-label="tokens">{}</td><td class="n" data-label="time">{}</td>
                <td class="n" data-label="cost">{}</td><td data-label="leaves the model at">{}</td></tr>
                """,
                stage,
                KINDS.getOrDefault(kind, kind),
                metrics.map(m -> Words.count(m.lastStep())).orElse("–"),
                tokens == null ? "–" : Words.count(tokens),
                seconds > 0 ? Words.duration(seconds) : "–",
                seconds > 0 ? Usd.rounded(cost) : "–",
                metrics.map(StagesSection::standing)
                        .orElse(run.summary().state() == RunState.RUNNING ? "to come" : "–"));
    }

    private static String standing(StageMetrics stage) {
        if (stage.evaluation("greedy_accuracy").isPresent()) {
            return Story.percent(
                            stage.evaluation("greedy_accuracy").orElseThrow().last()) + " right"
                    + stage.evaluation("mean_response_tokens")
                            .map(tokens -> ", " + Words.decimal(tokens.last(), 1) + " tokens")
                            .orElse("");
        }
        if (stage.evaluation("bits_per_byte").isPresent()) {
            return Words.decimal(stage.evaluation("bits_per_byte").orElseThrow().last(), 3) + " bits per byte";
        }
        return stage.figure("loss")
                .map(loss -> "loss " + Words.decimal(loss.last(), 3))
                .orElse("–");
    }
}
