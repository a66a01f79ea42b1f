/**
 * What people write down: recipes, model configurations and sourced facts, read from YAML and JSON into records.
 * {@link genka.catalog.RecipeReader} reads a {@link genka.catalog.Recipe} and tells every problem of a file at once;
 * {@link genka.catalog.ModelConfig} reads Hugging Face's config.json into a {@link genka.catalog.ModelSpec};
 * {@link genka.catalog.Facts}, {@link genka.catalog.RateCards} and {@link genka.catalog.Presets} read the numbers about
 * the world under facts/, each with its source. Nothing here trains, plans or prices: it says what is, and refuses what
 * cannot be.
 *
 * <p>Papers: DeepSeek-V3 (arXiv 2412.19437) for the architecture and its training, DeepSeek-R1 (2501.12948), DeepSeekMath
 * (2402.03300), DAPO (2503.14476), Dr. GRPO (2503.20783) and GSPO (2507.18071) for the presets.
 */
@NullMarked
package genka.catalog;

import org.jspecify.annotations.NullMarked;
