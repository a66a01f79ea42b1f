package genka.catalog;

/** How a layer attends. */
public sealed interface AttentionSpec {
    int heads();

    /** Values the key-value cache holds for one token in one layer. */
    int cacheValuesPerToken();

    /** Values of its own norms and biases in one layer. */
    long normsAndBiases();

    /**
     * Multi-head latent attention (DeepSeek-V2, arXiv 2405.04434 §2.1).
     *
     * @param qLoraRank 0 when queries are projected directly
     */
    record Mla(int heads, int qLoraRank, int kvLoraRank, int qkNopeHeadDim, int qkRopeHeadDim, int vHeadDim)
            implements AttentionSpec {
        public int qkHeadDim() {
            return qkNopeHeadDim + qkRopeHeadDim;
        }

        @Override
        public int cacheValuesPerToken() {
            return kvLoraRank + qkRopeHeadDim;
        }

        @Override
        public long normsAndBiases() {
            return (long) qLoraRank + kvLoraRank;
        }
    }

    /** Grouped-query attention of Llama and Qwen. */
    record Gqa(int heads, int kvHeads, int headDim, boolean qkvBias, boolean qkNorm) implements AttentionSpec {
        @Override
        public int cacheValuesPerToken() {
            return 2 * kvHeads * headDim;
        }

        @Override
        public long normsAndBiases() {
            return (qkvBias ? (heads + 2L * kvHeads) * headDim : 0) + (qkNorm ? 2L * headDim : 0);
        }
    }
}
