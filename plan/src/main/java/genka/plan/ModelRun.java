package genka.plan;

import genka.catalog.Transformer;
import genka.units.GenkaException;
import genka.units.Words;
import java.util.Optional;

/**
 * A model to be trained, without a recipe.
 *
 * @param longest tokens that its config.json lets it look back at, where it says so
 * @param sequence tokens of a sequence
 * @param batch sequences of a step
 * @param precision bf16, fp8 or fp4
 */
public record ModelRun(
        Transformer model,
        Optional<Integer> longest,
        double tokens,
        Optional<Integer> sequence,
        Optional<Long> batch,
        Optional<String> precision) {
    private static final int USUAL_SEQUENCE = 4096;
    private static final double USUAL_BATCH_TOKENS = 4e6;
    private static final String USUAL_PRECISION = "bf16";

    public ModelRun {
        sequence.filter(length -> length <= 0).ifPresent(length -> {
            throw GenkaException.user("--sequence (" + length + ") must be positive. Maybe 4096?");
        });
        batch.filter(sequences -> sequences <= 0).ifPresent(sequences -> {
            throw GenkaException.user("--batch (" + sequences + ") must be positive. Maybe 1024?");
        });
        if (!(tokens > 0)) {
            throw GenkaException.user("--tokens (" + Words.count(tokens) + ") must be positive. Maybe 2T?");
        }
        int most = longest.orElse(Integer.MAX_VALUE);
        sequence.filter(length -> length > most).ifPresent(length -> {
            throw GenkaException.user("--sequence (" + length + ") must be at most the model's longest context (" + most
                    + "). Maybe " + most + "?");
        });
        requireAStep(length(sequence, most), sequences(batch, length(sequence, most)), tokens, batch);
    }

    /** Nobody trains for less than a step. */
    private static void requireAStep(int length, long sequences, double tokens, Optional<Long> batch) {
        double step = (double) length * sequences;
        if (step <= tokens) {
            return;
        }
        String one = sequences + " sequences of " + length + " tokens are " + Words.count(step);
        throw GenkaException.user(
                batch.isPresent()
                        ? "--batch (" + one + " tokens) must be at most --tokens (" + Words.count(tokens) + "). Maybe "
                                + Math.max(1, (long) (tokens / length)) + "?"
                        : "--tokens (" + Words.count(tokens) + ") must be a step at least: " + one
                                + ". Maybe more tokens, or a smaller --batch");
    }

    private static int length(Optional<Integer> sequence, int longest) {
        return sequence.orElse(Math.min(USUAL_SEQUENCE, longest));
    }

    private static long sequences(Optional<Long> batch, int length) {
        return batch.orElseGet(() -> Math.max(1, Math.round(USUAL_BATCH_TOKENS / length)));
    }

    int length() {
        return length(sequence, longest.orElse(Integer.MAX_VALUE));
    }

    long sequences() {
        return sequences(batch, length());
    }

    Precision computes() {
        return Precision.named(precision.orElse(USUAL_PRECISION));
    }

    /** Adds what it says, and what is assumed where it does not. */
    void describe(PlanInputs inputs) {
        inputs.model(model, model.name());
        inputs.add(
                "sequence",
                length() + " tokens",
                tier(sequence),
                "--sequence, otherwise " + length(Optional.empty(), longest.orElse(Integer.MAX_VALUE)));
        inputs.add("batch", sequences() + " sequences", tier(batch), "--batch, otherwise about 4 M tokens");
        inputs.add("precision", computes().word(), tier(precision), "--precision, otherwise " + USUAL_PRECISION);
    }

    private static Tier tier(Optional<?> said) {
        return said.isPresent() ? Tier.GIVEN : Tier.ASSUMED;
    }
}
