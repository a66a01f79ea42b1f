package genka.plan;

import genka.catalog.Transformer;
import genka.units.GenkaException;
import java.util.Optional;

/**
 * A model to be trained, without a recipe.
 *
 * @param sequence tokens of a sequence
 * @param batch sequences of a step
 * @param precision bf16, fp8 or fp4
 */
public record ModelRun(
        Transformer model,
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
    }

    int length() {
        return sequence.orElse(USUAL_SEQUENCE);
    }

    long sequences() {
        return batch.orElseGet(() -> Math.max(1, Math.round(USUAL_BATCH_TOKENS / length())));
    }

    Precision computes() {
        return Precision.named(precision.orElse(USUAL_PRECISION));
    }

    /** Adds what it says, and what is assumed where it does not. */
    void describe(PlanInputs inputs) {
        inputs.model(model, model.name());
        inputs.add("sequence", length() + " tokens", tier(sequence), "--sequence, otherwise " + USUAL_SEQUENCE);
        inputs.add("batch", sequences() + " sequences", tier(batch), "--batch, otherwise about 4 M tokens");
        inputs.add("precision", computes().word(), tier(precision), "--precision, otherwise " + USUAL_PRECISION);
    }

    private static Tier tier(Optional<?> said) {
        return said.isPresent() ? Tier.GIVEN : Tier.ASSUMED;
    }
}
