package genka.catalog;

import genka.units.GenkaException;

/**
 * A decoder's shape, as a planner sees it: how many layers of each kind, and how wide. Attention and feed-forward layers are counted
 * apart, so that hybrids (state-space layers, layers with experts only) are described too. {@link ParameterCount} counts its
 * parameters to the last one; the sums here are of matrices alone, which is what time and memory go by.
 *
 * @param attention what attention layers look like
 * @param attentionLayers how many there are
 * @param windowLayers how many of them look back at most {@code window} tokens
 * @param denseLayers feed-forward layers every token goes through
 * @param experts what layers with experts look like; {@link Experts#NONE} without
 * @param moeLayers layers with experts
 * @param mambaLayers state-space layers, {@code mambaInner} wide inside
 * @param mtpModules multi-token prediction modules, each a layer and a use of the head
 * @param extras what there is beside matrices
 * @param known whether the shape was given or found, not inferred from a number of parameters
 */
public record Transformer(
        String name,
        int hidden,
        int vocab,
        boolean tiedEmbeddings,
        Attention attention,
        int attentionLayers,
        int windowLayers,
        int window,
        int denseLayers,
        int intermediate,
        boolean gated,
        Experts experts,
        int moeLayers,
        int mambaLayers,
        int mambaInner,
        int mtpModules,
        Extras extras,
        boolean known) {

    /**
     * Heads and their widths; with {@code kvLora} above 0, latent attention (DeepSeek-V2, arXiv 2405.04434 §2.1).
     *
     * @param qLora 0 when queries are projected directly
     * @param kvLora 0 without latent attention
     * @param ropeDim part of {@code qkDim} that is rotated; only for latent attention
     * @param sparse tokens a query attends to at most, which an indexer picks (DeepSeek-V3.2); 0 when it attends to all
     * @param normed queries and keys are normalised
     */
    public record Attention(
            int heads,
            int kvHeads,
            int qkDim,
            int vDim,
            int qLora,
            int kvLora,
            int ropeDim,
            int sparse,
            boolean normed) {
        public static Attention grouped(int heads, int kvHeads, int headDim) {
            return grouped(heads, kvHeads, headDim, false);
        }

        public static Attention grouped(int heads, int kvHeads, int headDim, boolean normed) {
            return new Attention(heads, kvHeads, headDim, headDim, 0, 0, 0, 0, normed);
        }

        public boolean latent() {
            return kvLora > 0;
        }

        /** Values that the key-value cache holds for a token. */
        public int cacheValues() {
            return latent() ? kvLora + ropeDim : kvHeads * (qkDim + vDim);
        }

        /** Of its matrices. */
        public double parameters(double hidden) {
            double out = (double) heads * vDim * hidden;
            if (!latent()) {
                return hidden * (heads * qkDim + (double) kvHeads * (qkDim + vDim)) + out;
            }
            double query = qLora == 0 ? hidden * heads * qkDim : qLora * (hidden + (double) heads * qkDim);
            double keys = hidden * (kvLora + ropeDim) + (double) kvLora * heads * (qkDim - ropeDim + vDim);
            return query + keys + out;
        }
    }

    /**
     * Routed and shared experts.
     *
     * @param shared width of all shared experts together
     * @param latent width tokens are projected to before the routed experts, 0 when they see the whole width
     * @param nodeLimit nodes a token's experts lie on at most, 0 without such a limit (DeepSeek-V3 §2.1.2)
     */
    public record Experts(int routed, int perToken, int intermediate, int shared, int latent, int nodeLimit) {
        public static final Experts NONE = new Experts(0, 0, 0, 0, 0, 0);

        public double width(double hidden) {
            return latent > 0 ? latent : hidden;
        }
    }

    /**
     * Values beside matrices, so few that they take no time: norms, biases, attention sinks, learned positions; and the indexer of
     * sparse attention, whose matrices are small.
     *
     * @param attention in an attention layer, the norm before it included
     * @param dense in a feed-forward layer that every token goes through
     * @param moe in a layer with experts, its router's bias included
     * @param expert in one routed expert
     * @param module in a module for multi-token prediction, beside its layer
     * @param outside before the first layer and after the last
     */
    public record Extras(long attention, long dense, long moe, long expert, long module, long outside) {
        /** Root mean square norms only: before each part of a layer, and after the last layer. */
        public static Extras norms(long hidden) {
            return new Extras(hidden, hidden, hidden, 0, 3 * hidden, hidden);
        }
    }

    public Transformer {
        positive(name, "hidden_size", hidden);
        positive(name, "vocab_size", vocab);
        notNegative(name, attentionLayers, windowLayers, window, denseLayers, intermediate, moeLayers, mambaLayers);
        notNegative(name, mambaInner, mtpModules, attention.qkDim(), attention.vDim(), attention.qLora());
        notNegative(name, attention.kvLora(), attention.ropeDim(), attention.qkDim() - attention.ropeDim());
        notNegative(name, experts.intermediate(), experts.shared(), experts.latent(), experts.nodeLimit());
        positive(name, "layers", attentionLayers + mambaLayers);
        if (attentionLayers > 0) {
            positive(name, "num_attention_heads", attention.heads());
            positive(name, "num_key_value_heads", attention.kvHeads());
        }
        if (moeLayers > 0) {
            positive(name, "experts", experts.routed());
            positive(name, "num_experts_per_tok", experts.perToken());
        }
    }

    private static void notNegative(String name, int... values) {
        for (int value : values) {
            if (value < 0) {
                throw GenkaException.user(name + ": no size or number of layers (" + value
                        + ") can be negative. Maybe look at first_k_dense_replace, window, ranks and widths");
            }
        }
    }

    private static void positive(String name, String what, int value) {
        if (value <= 0) {
            throw GenkaException.user(name + ": " + what + " (" + value + ") must be positive");
        }
    }

    /** Layers that a pipeline can be cut between. In a hybrid each is one thing; else attention and feed-forward go together. */
    public int depth() {
        return mambaLayers > 0 ? attentionLayers + mambaLayers + denseLayers + moeLayers : attentionLayers;
    }

    /** Matrices of a feed-forward part: gate, up and down, or up and down. */
    public int matrices() {
        return gated ? 3 : 2;
    }

    public double denseParameters() {
        return (double) matrices() * hidden * intermediate;
    }

    public double expertParameters() {
        return matrices() * experts.width(hidden) * experts.intermediate();
    }

    public double sharedParameters() {
        double latent = experts.latent() > 0 ? 2.0 * hidden * experts.latent() : 0;
        return (double) matrices() * hidden * experts.shared() + (double) hidden * experts.routed() + latent;
    }

    /** Input and output projections of a Mamba-2 layer (arXiv 2405.21060): in to twice the inner width, out back. */
    public double mambaParameters() {
        return 3.0 * hidden * mambaInner;
    }

    private double bodyParameters() {
        return attentionLayers * attention.parameters(hidden)
                + denseLayers * denseParameters()
                + moeLayers * sharedParameters()
                + mambaLayers * mambaParameters();
    }

    /** A module for multi-token prediction but for its routed experts: a last layer and a projection of two hidden states to one. */
    public double moduleParameters() {
        return attention.parameters(hidden)
                + (moeLayers > 0 ? sharedParameters() : denseParameters())
                + 2.0 * hidden * hidden;
    }

    /** Everything in the layers but routed experts, the module for multi-token prediction included. */
    public double replicatedLayerParameters() {
        return bodyParameters() + mtpModules * moduleParameters();
    }

    public double routedParameters() {
        return (moeLayers + (moeLayers > 0 ? mtpModules : 0)) * experts.routed() * expertParameters();
    }

    public double embeddingParameters() {
        return (double) hidden * vocab;
    }

    /** Embedding and head. */
    public double tableParameters() {
        return embeddingParameters() * (tiedEmbeddings ? 1 : 2);
    }

    /** Parameters in all, modules for multi-token prediction included. */
    public double parameters() {
        ParameterCount count = ParameterCount.of(this);
        return (double) count.total() + count.mtp();
    }

    /** Parameters a token is multiplied with, the output table included, the input table not. */
    public double activeParameters() {
        double routed = routedParameters();
        return replicatedLayerParameters()
                + (routed == 0 ? 0 : routed * experts.perToken() / experts.routed())
                + embeddingParameters();
    }

    /** Mean number of tokens an attention layer looks back at, causal, in a sequence. */
    public double meanContext(double sequence) {
        if (windowLayers == 0 || attentionLayers == 0) {
            return sequence / 2;
        }
        double windowed = window >= sequence ? sequence / 2 : window - (double) window * window / (2 * sequence);
        return ((attentionLayers - windowLayers) * sequence / 2 + windowLayers * windowed) / attentionLayers;
    }

    /** FLOP a token for forward and backward, causal attention: 6 N plus attention (arXiv 2204.02311, appendix B). */
    public double trainingFlopsPerToken(double sequence) {
        double attend = 2.0 * attention.heads() * (attention.qkDim() + attention.vDim()) * meanContext(sequence);
        return 6 * activeParameters() + 3 * attentionLayers * attend;
    }

    public double cacheBytesPerToken(double bytesPerValue) {
        return bytesPerValue * attentionLayers * attention.cacheValues();
    }
}
