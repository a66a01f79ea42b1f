package genka.catalog;

import genka.units.GenkaException;

/**
 * How many parameters a model has, by arithmetic alone: no weights are needed, so DeepSeek-V3 counts in no time.
 *
 * @param total every stored value of the model proper, router biases included, MTP modules not
 * @param active those that one token is multiplied with: the embedding table (one row is looked up) and the experts not chosen are left out
 * @param mtp what the multi-token prediction modules add of their own; their copies of embedding and head are not counted
 * @param mtpCopies the copies of embedding and head that published files repeat in each module
 */
public record ParameterCount(long total, long active, long mtp, long mtpCopies) {
    private static final int BF16_BYTES = 2;

    /** Counts; a model of more than 2^63 parameters is a user error. */
    public static ParameterCount of(ModelSpec spec) {
        try {
            return count(spec);
        } catch (ArithmeticException e) {
            throw new GenkaException(
                    genka.units.Fault.USER,
                    "The model has more parameters than 64 bits can count. Maybe a size in config.json is mistyped?",
                    e);
        }
    }

    /** Bytes the key-value cache holds for one token over all layers, in BF16. DeepSeek-V3: 70,272. */
    public static long cacheBytesPerToken(ModelSpec spec) {
        return (long) BF16_BYTES * spec.attention().cacheValuesPerToken() * spec.layers();
    }

    private static ParameterCount count(ModelSpec spec) {
        long hidden = spec.hiddenSize();
        long table = hidden * spec.vocabSize();
        long total = Math.addExact(hidden, spec.tiedEmbeddings() ? table : 2 * table);
        long active = Math.addExact(hidden, table);
        for (int layer = 0; layer < spec.layers(); layer++) {
            total = Math.addExact(total, layer(spec, layer, false));
            active = Math.addExact(active, layer(spec, layer, true));
        }
        long mtp = 0;
        for (int module = 0; module < spec.mtpModules(); module++) {
            mtp = Math.addExact(mtp, layer(spec, spec.layers() + module, false) + hidden * (2 * hidden) + 3 * hidden);
        }
        return new ParameterCount(total, active, mtp, 2 * table * spec.mtpModules());
    }

    /** Parameters of one decoder layer; with {@code chosen}, only those of the experts a token goes through. */
    private static long layer(ModelSpec spec, int layer, boolean chosen) {
        long hidden = spec.hiddenSize();
        long norms = 2 * hidden;
        return Math.addExact(
                norms + attention(spec.attention(), hidden),
                spec.isMoe(layer)
                        ? experts(spec.moe().orElseThrow(), hidden, chosen)
                        : 3 * hidden * spec.intermediateSize());
    }

    private static long attention(AttentionSpec attention, long hidden) {
        return switch (attention) {
            case AttentionSpec.Mla mla -> {
                long heads = mla.heads();
                long queries = mla.qLoraRank() == 0
                        ? heads * mla.qkHeadDim() * hidden
                        : mla.qLoraRank() * (hidden + 1 + heads * mla.qkHeadDim());
                long latent = (mla.kvLoraRank() + mla.qkRopeHeadDim()) * hidden + mla.kvLoraRank();
                long expanded = heads * (mla.qkNopeHeadDim() + mla.vHeadDim()) * mla.kvLoraRank();
                yield queries + latent + expanded + heads * mla.vHeadDim() * hidden;
            }
            case AttentionSpec.Gqa gqa -> {
                long queries = (long) gqa.heads() * gqa.headDim();
                long keys = (long) gqa.kvHeads() * gqa.headDim();
                yield 2 * hidden * (queries + keys)
                        + (gqa.qkvBias() ? queries + 2 * keys : 0)
                        + (gqa.qkNorm() ? 2L * gqa.headDim() : 0);
            }
        };
    }

    private static long experts(MoeSpec moe, long hidden, boolean chosen) {
        long expert = 3 * hidden * moe.intermediateSize();
        long routed = Math.multiplyExact(expert, (long) (chosen ? moe.expertsPerToken() : moe.routedExperts()));
        long router = moe.routedExperts() * (hidden + (moe.selection() == MoeSpec.Selection.NOAUX_TC ? 1 : 0));
        return Math.addExact(routed, Math.addExact(Math.multiplyExact(expert, (long) moe.sharedExperts()), router));
    }
}
