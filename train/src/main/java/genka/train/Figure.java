package genka.train;

import java.util.Locale;

/** The figures of a reinforcement step that {@link Diagnostics} reads, under the names of metrics.jsonl. */
enum Figure {
    REWARD,
    ACCURACY,
    FORMAT,
    RESPONSE_TOKENS,
    TRUNCATED_SHARE,
    ZERO_VARIANCE_SHARE,
    LOSS,
    ENTROPY,
    KL,
    GRADIENT_NORM,
    UPDATES,
    LEARNING_RATE;

    String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
