/**
 * Answers prompts: batched decoding with the latent cache and the choice of the next token.
 *
 * <p>{@link genka.generate.Generator} runs the batches, {@link genka.generate.Sampler} draws a token, {@link genka.generate.Sampling}
 * says how. A draw is a function of (seed, prompt, sample, position), so neither batching nor threads change an answer. The package
 * knows token ids only: no text, no HTTP, no rewards.
 *
 * <p>Papers: nucleus sampling (Holtzman et al. 2020, arXiv 1904.09751), min-p (Nguyen et al. 2024, arXiv 2407.01082), repetition
 * penalty (Keskar et al. 2019, arXiv 1909.05858).
 */
@NullMarked
package genka.generate;

import org.jspecify.annotations.NullMarked;
