package genka.generate;

/**
 * An answer to a prompt.
 *
 * @param ids generated tokens, the end token included when there is one
 * @param logProbs [ids.length] log-probability of each token under the model's distribution at the sampling temperature (greedy: 1), nothing filtered
 * @param truncated the length limit came before the end token
 */
public record Completion(int[] ids, float[] logProbs, boolean truncated) {}
