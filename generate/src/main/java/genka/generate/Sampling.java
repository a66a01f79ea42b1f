package genka.generate;

import genka.units.GenkaException;

/**
 * How the next token is chosen. Order: repetition penalty, temperature, top-k, top-p, min-p.
 *
 * @param temperature logits are divided by it; 0 is greedy, and what is nearly 0 is refused: quotients would overflow
 * @param topK keeps the k most likely tokens (and what ties with the last of them); 0 keeps all
 * @param topP keeps the smallest set of most likely tokens whose probabilities reach it; 1 keeps all
 * @param minP drops tokens less likely than minP times the most likely one; 0 drops none
 * @param repetitionPenalty positive logits of tokens seen before are divided by it, others multiplied; 1 changes nothing
 */
public record Sampling(double temperature, int topK, double topP, double minP, double repetitionPenalty) {
    /** Below it the likeliest token is all there is, as at 0. */
    private static final double LEAST_TEMPERATURE = 1e-6;

    /** Here all tokens are equally likely. */
    private static final double MOST_TEMPERATURE = 1000;

    public static final Sampling GREEDY = new Sampling(0, 0, 1, 0, 1);

    public Sampling {
        if (temperature != 0 && !(temperature >= LEAST_TEMPERATURE && temperature <= MOST_TEMPERATURE)) {
            throw GenkaException.user("temperature (" + temperature + ") must be 0, which is greedy, or "
                    + LEAST_TEMPERATURE + " to " + (int) MOST_TEMPERATURE + ". Maybe 0, or 1 as in training?");
        }
        if (topK < 0) {
            throw GenkaException.user("top_k (" + topK + ") must not be negative. Maybe 0, which keeps all tokens?");
        }
        if (!(topP > 0 && topP <= 1)) {
            throw GenkaException.user("top_p (" + topP + ") must be above 0 and at most 1. Maybe 0.95?");
        }
        if (!(minP >= 0 && minP <= 1)) {
            throw GenkaException.user("min_p (" + minP + ") must be between 0 and 1. Maybe 0.05?");
        }
        if (!(repetitionPenalty > 0) || Double.isInfinite(repetitionPenalty)) {
            throw GenkaException.user(
                    "repetition_penalty (" + repetitionPenalty + ") must be positive. Maybe 1, which changes nothing?");
        }
    }

    public static Sampling temperature(double temperature) {
        return new Sampling(temperature, 0, 1, 0, 1);
    }

    boolean filters() {
        return topK > 0 || topP < 1 || minP > 0;
    }
}
