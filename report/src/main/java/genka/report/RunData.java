package genka.report;

import genka.books.Bill;
import genka.books.RunState;
import genka.books.RunSummary;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a run left behind so far.
 *
 * @param samples answers along the way, oldest first
 */
public record RunData(
        RunSummary summary,
        Bill bill,
        Path folder,
        RecipeFacts recipe,
        Metrics metrics,
        List<Sample> samples,
        Outcome outcome) {
    public RunData {
        samples = List.copyOf(samples);
    }

    /**
     * What result.json says of the end; empty lists while there is none.
     *
     * @param before answers before reinforcement
     * @param after answers to the same questions at the end
     */
    record Outcome(List<Sample> before, List<Sample> after) {
        static final Outcome NONE = new Outcome(List.of(), List.of());

        Outcome {
            before = List.copyOf(before);
            after = List.copyOf(after);
        }
    }

    /** The stages that worked on the recipe's model of that name, in the order they ran. */
    List<StageMetrics> stagesOf(String model) {
        return metrics.stages().stream()
                .filter(stage -> recipe.stage(stage.stage()).model().equals(model))
                .toList();
    }

    /** The stage that a run which goes on is in; none before its first step. */
    Optional<StageMetrics> underWay() {
        return summary.state() == RunState.RUNNING
                ? metrics.stages().stream().reduce((before, last) -> last)
                : Optional.empty();
    }

    /** Otherwise it goes on with texts. */
    boolean answersQuestions() {
        return metrics.stages().stream()
                .allMatch(stage -> stage.evaluation("bits_per_byte").isEmpty());
    }

    String recipeName() {
        return summary.run().recipeName();
    }

    /** The run's name without its recipe's: when it began. */
    String moment() {
        String suffix = "-" + recipeName();
        return summary.id().endsWith(suffix)
                ? summary.id().substring(0, summary.id().length() - suffix.length())
                : summary.id();
    }

    double wallSeconds() {
        return summary.wallNanos() / 1e9;
    }
}
