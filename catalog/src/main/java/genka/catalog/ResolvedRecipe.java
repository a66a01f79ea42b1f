package genka.catalog;

/**
 * A recipe with everything that was left open filled in: overrides, defaults, presets, absolute paths, the model's
 * configuration inline.
 *
 * @param yaml the same as a file, which reads as an equal recipe on any later day
 * @param hash SHA-256 of what the file says apart from name and about, in hex: equal for recipes that do the same,
 *     whatever their comments, order of keys, or defaults written out
 */
public record ResolvedRecipe(Recipe recipe, String yaml, String hash) {}
