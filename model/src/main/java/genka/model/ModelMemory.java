package genka.model;

import genka.catalog.AttentionSpec;
import genka.catalog.ModelSpec;
import genka.catalog.MoeSpec;
import genka.units.GenkaException;
import java.util.Locale;

/**
 * Bytes a model takes here, before anything is allocated: an estimate from the shapes of the buffers in this package, which are float.
 * Also for models that do not fit.
 *
 * @param parameters trainable values
 * @param weights 4 bytes a parameter, and again for each reference copy
 * @param moments of AdamW: 8 bytes a parameter
 * @param activations what one micro-batch's forward keeps and its backward needs
 * @param cache what decoding remembers
 */
public record ModelMemory(long parameters, long weights, long gradients, long moments, long activations, long cache) {
    /** Weights alone. */
    public static ModelMemory inference(ModelSpec spec) {
        long parameters = Parameters.count(spec);
        return new ModelMemory(parameters, 4 * parameters, 0, 0, 0, 0);
    }

    /**
     * Training with AdamW.
     *
     * @param rows tokens of one micro-batch
     * @param longest tokens of its longest sequence
     */
    public static ModelMemory training(ModelSpec spec, long rows, int longest) {
        long parameters = Parameters.count(spec);
        long activations = (activations(spec, longest) * rows * 4 * 9) / 8;
        return new ModelMemory(parameters, 4 * parameters, 4 * parameters, 8 * parameters, activations, 0);
    }

    /** With a latent cache for {@code slots} sequences of {@code length} tokens. */
    public ModelMemory plusCache(ModelSpec spec, long slots, long length) {
        long token = 4L * spec.layers() * spec.attention().cacheValuesPerToken();
        return new ModelMemory(parameters, weights, gradients, moments, activations, cache + slots * length * token);
    }

    /** With one more copy of the weights: a reference policy. */
    public ModelMemory plusReference() {
        return new ModelMemory(parameters, weights + 4 * parameters, gradients, moments, activations, cache);
    }

    public long total() {
        return weights + gradients + moments + activations + cache;
    }

    /** The sum and its terms in one line. */
    public String describe() {
        return String.format(
                Locale.ROOT,
                "%s = weights %s + gradients %s + moments %s + activations %s + cache %s (%,d parameters)",
                gigabytes(total()),
                gigabytes(weights),
                gigabytes(gradients),
                gigabytes(moments),
                gigabytes(activations),
                gigabytes(cache),
                parameters);
    }

    /** Refuses, with the sum, when more than {@code available} bytes are needed. */
    public void requireFits(long available) {
        if (total() > available) {
            throw GenkaException.resource("The run needs " + describe() + "; this process may use "
                    + gigabytes(available) + ". Maybe a smaller batch, shorter sequences or a smaller model?");
        }
    }

    private static String gigabytes(long bytes) {
        return bytes < 100_000_000
                ? String.format(Locale.ROOT, "%.1f MB", bytes * 1e-6)
                : String.format(Locale.ROOT, "%,.1f GB", bytes * 1e-9);
    }

    /** Values a row keeps over all layers, and those of the buffers that layers share. */
    private static long activations(ModelSpec spec, int longest) {
        long hidden = spec.hiddenSize();
        long attention = attention(DecoderLayer.latent(spec));
        long probabilities = (long) spec.attention().heads() * longest;
        long kept = 0;
        long largest = 0;
        for (int layer = 0; layer < spec.layers() + spec.mtpModules(); layer++) {
            long feedForward =
                    spec.isMoe(layer) ? experts(spec.moe().orElseThrow(), hidden) : 3L * spec.intermediateSize();
            kept += 4 * hidden + attention + probabilities + feedForward;
            largest = Math.max(largest, feedForward);
        }
        long ends = (5L + 11L * spec.mtpModules()) * hidden + (1L + spec.mtpModules()) * spec.vocabSize();
        return kept + ends + attention + largest;
    }

    private static long attention(AttentionSpec.Mla mla) {
        long heads = mla.heads();
        long queries = heads * mla.qkHeadDim();
        long lora = mla.qLoraRank() > 0 ? 2L * mla.qLoraRank() : 0;
        return queries
                + lora
                + 2L * mla.cacheValuesPerToken()
                + heads * (mla.qkNopeHeadDim() + mla.vHeadDim())
                + heads * mla.vHeadDim();
    }

    private static long experts(MoeSpec moe, long hidden) {
        long pair = 2 * hidden + 3L * moe.intermediateSize() + 4;
        return moe.routedExperts() + moe.expertsPerToken() * pair + 3L * moe.sharedExperts() * moe.intermediateSize();
    }
}
