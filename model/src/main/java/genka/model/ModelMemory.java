package genka.model;

import genka.catalog.AttentionSpec;
import genka.catalog.ModelSpec;
import genka.catalog.MoeSpec;
import genka.kernel.MuonStep;
import genka.units.GenkaException;
import java.util.List;
import java.util.Locale;

/**
 * Bytes a model takes here, before anything is allocated: an estimate from the shapes of the buffers in this package, which are float.
 * Also for models that do not fit.
 *
 * @param parameters trainable values
 * @param weights 4 bytes a parameter, and again for each reference copy
 * @param moments of the optimizer: 8 bytes a parameter, half of it for a matrix that Muon updates
 * @param activations what one micro-batch's forward keeps and its backward needs, and the packed weights of a layer
 * @param cache what decoding remembers, and the packed weights of many sequences
 */
public record ModelMemory(long parameters, long weights, long gradients, long moments, long activations, long cache) {
    /** Weights alone. */
    public static ModelMemory inference(ModelSpec spec) {
        long parameters = Parameters.count(spec);
        return new ModelMemory(parameters, 4 * parameters, 0, 0, 0, 0);
    }

    /**
     * Training on next tokens with AdamW (see {@link #withMuon}). Small models are trained by slices of the batch (see {@link Lanes}): each thread keeps the
     * activations of one, and a few gradients are added up apart.
     *
     * @param rows tokens of one micro-batch
     * @param longest tokens of its longest sequence
     * @param threads of the team; each has come upon a slice after some steps
     */
    public static ModelMemory training(ModelSpec spec, long rows, int longest, int threads) {
        long parameters = Parameters.count(spec);
        if (!Lanes.suit(parameters, rows, longest)) {
            return training(spec, rows);
        }
        long slices = activations(spec) * RaggedRows.BLOCK * threads;
        return training(parameters, grown(slices + (Lanes.LANES + 2) * parameters));
    }

    /** Training with AdamW, all rows of a micro-batch together. */
    public static ModelMemory training(ModelSpec spec, long rows) {
        long logits = Math.min(rows, TokenLoss.rowsAtOnce(spec.vocabSize())) * spec.vocabSize();
        return training(Parameters.count(spec), grown(activations(spec) * rows + logits + packed(spec)));
    }

    private static ModelMemory training(long parameters, long activations) {
        return new ModelMemory(parameters, 4 * parameters, 4 * parameters, 8 * parameters, activations, 0);
    }

    /** With Muon instead of AdamW for the matrices inside layers: one moment, and each thread's buffers for the largest of them. */
    public ModelMemory withMuon(ModelSpec spec, int threads) {
        long matrices = 0;
        long buffers = 0;
        for (ParameterLayout.Tensor tensor : ParameterLayout.of(spec)) {
            if (tensor.innerMatrix()) {
                long shortSide = Math.min(tensor.shape().get(0), tensor.shape().get(1));
                matrices += tensor.size();
                buffers = Math.max(buffers, MuonStep.bufferValues(tensor.size(), shortSide));
            }
        }
        long more = 4 * buffers * threads;
        return new ModelMemory(parameters, weights, gradients, moments - 4 * matrices, activations + more, cache);
    }

    /** With the logits of {@code rows} tokens at once, as reinforcement needs them. */
    public ModelMemory plusLogits(ModelSpec spec, long rows) {
        long more = grown(rows * spec.vocabSize());
        return new ModelMemory(parameters, weights, gradients, moments, activations + more, cache);
    }

    /** Bytes of buffers for that many values: see {@link Workspace}. */
    private static long grown(long values) {
        return values * 4 * 9 / 8;
    }

    /** With a latent cache for {@code slots} sequences of {@code length} tokens, and the packed weights that many sequences share. */
    public ModelMemory plusCache(ModelSpec spec, long slots, long length) {
        long token = 4L * spec.layers() * spec.attention().cacheValuesPerToken();
        long packed = slots > StreamedStack.MOST_TOKENS ? 4 * parameters : 0;
        long more = slots * length * token + packed;
        return new ModelMemory(parameters, weights, gradients, moments, activations, cache + more);
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

    /** Values of a row: those that each layer keeps, and those of the buffers that layers share. */
    private static long activations(ModelSpec spec) {
        long hidden = spec.hiddenSize();
        AttentionSpec.Mla mla = DecoderLayer.latent(spec);
        long kept = 0;
        long shared = 0;
        for (int layer = 0; layer < spec.layers() + spec.mtpModules(); layer++) {
            boolean moe = spec.isMoe(layer);
            kept += 2 * hidden + 2 + keptByAttention(mla);
            kept += moe ? keptByExperts(spec.moe().orElseThrow()) : 2L * spec.intermediateSize();
            long feedForward = moe ? sharedByExperts(spec.moe().orElseThrow(), hidden) : spec.intermediateSize();
            shared = Math.max(shared, feedForward);
        }
        long ends = 4 * hidden + 6 + spec.mtpModules() * (11 * hidden + spec.vocabSize());
        return kept + shared + sharedByAttention(mla) + 4 * hidden + ends;
    }

    private static long down(AttentionSpec.Mla mla) {
        return mla.cacheValuesPerToken()
                + (mla.qLoraRank() > 0 ? mla.qLoraRank() : (long) mla.heads() * mla.qkHeadDim());
    }

    private static long keptByAttention(AttentionSpec.Mla mla) {
        long query = mla.qLoraRank() > 0 ? (long) mla.heads() * mla.qkHeadDim() : 0;
        long heads = (long) mla.heads() * (mla.qkNopeHeadDim() + 2L * mla.vHeadDim() + 2);
        return down(mla) + query + mla.cacheValuesPerToken() + heads + 2;
    }

    private static long sharedByAttention(AttentionSpec.Mla mla) {
        long query = mla.qLoraRank() > 0 ? mla.qLoraRank() + (long) mla.heads() * mla.qkHeadDim() : 0;
        long heads = (long) mla.heads() * (mla.qkHeadDim() + 2L * mla.vHeadDim());
        return down(mla) + query + heads;
    }

    private static long keptByExperts(MoeSpec moe) {
        long pair = 2L * moe.intermediateSize() + 5;
        return moe.routedExperts() + moe.expertsPerToken() * pair + 2L * moe.sharedExperts() * moe.intermediateSize();
    }

    private static long sharedByExperts(MoeSpec moe, long hidden) {
        long pair = 3 * hidden + moe.intermediateSize() + 1;
        return moe.routedExperts() + moe.expertsPerToken() * pair + (long) moe.sharedExperts() * moe.intermediateSize();
    }

    /** Values of the packed weights: the largest layer's, and the head's in both layouts. */
    private static long packed(ModelSpec spec) {
        long largest = 0;
        List<ParameterLayout.Tensor> tensors = ParameterLayout.of(spec);
        for (int layer = 0; layer < spec.layers() + spec.mtpModules(); layer++) {
            long size = 0;
            String prefix = "model.layers." + layer + ".";
            for (ParameterLayout.Tensor tensor : tensors) {
                size += tensor.name().startsWith(prefix) ? tensor.size() : 0;
            }
            largest = Math.max(largest, size);
        }
        return largest + 2L * spec.vocabSize() * spec.hiddenSize();
    }
}
