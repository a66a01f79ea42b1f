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
    /** Sums of whole numbers below it are exact in 64-bit floats. */
    private static final double LARGEST = 1L << 53;

    /** Counts; a model of more than 2^53 parameters is a user error. */
    public static ParameterCount of(ModelSpec spec) {
        return of(spec.transformer(spec.modelType()));
    }

    /** Counts; a model of more than 2^53 parameters is a user error. */
    public static ParameterCount of(Transformer model) {
        Transformer.Extras extras = model.extras();
        double attention = model.attention().parameters(model.hidden()) + extras.attention();
        double expert = model.expertParameters() + extras.expert();
        double moe = model.sharedParameters() + extras.moe();
        double chosen = moe + model.experts().perToken() * expert;
        double stored = moe + model.experts().routed() * expert;
        double dense = model.denseParameters() + extras.dense();
        double rest = model.attentionLayers() * attention
                + model.denseLayers() * dense
                + model.mambaLayers() * model.mambaParameters()
                + extras.outside();
        double module = attention
                + (model.moeLayers() > 0 ? stored : dense)
                + 2.0 * model.hidden() * model.hidden()
                + extras.module();
        return new ParameterCount(
                whole(rest + model.moeLayers() * stored + model.tableParameters()),
                whole(rest + model.moeLayers() * chosen + model.embeddingParameters()),
                whole(model.mtpModules() * module),
                whole(2 * model.embeddingParameters() * model.mtpModules()));
    }

    /** Bytes the key-value cache holds for one token over all layers, in BF16. DeepSeek-V3: 70,272. */
    public static long cacheBytesPerToken(ModelSpec spec) {
        return (long) BF16_BYTES * spec.attention().cacheValuesPerToken() * spec.layers();
    }

    private static long whole(double count) {
        if (!(count < LARGEST)) {
            throw GenkaException.user(
                    "The model has more parameters than can be counted (2^53). Maybe a size in config.json is mistyped?");
        }
        return Math.round(count);
    }
}
