package genka.catalog;

import java.util.List;
import java.util.Optional;

/**
 * A decoder-only transformer as its Hugging Face config.json describes it, with the names of the field.
 *
 * @param modelType deepseek_v3, deepseek_v2, llama, qwen2, qwen3
 * @param intermediateSize width of the dense feed-forward layers
 * @param moe the mixture of experts, absent in dense models
 * @param mtpModules multi-token prediction modules after the last layer (num_nextn_predict_layers)
 * @param eosIds tokens that end a text (config.json has a number or a list)
 * @param fp8BlockSize [rows, columns] of an FP8 weight's scale blocks, empty when the weights are not FP8
 */
public record ModelSpec(
        String modelType,
        int vocabSize,
        int hiddenSize,
        int layers,
        int intermediateSize,
        AttentionSpec attention,
        Optional<MoeSpec> moe,
        int mtpModules,
        double rmsNormEps,
        RopeSpec rope,
        boolean tiedEmbeddings,
        int maxPositions,
        Optional<Integer> bosId,
        List<Integer> eosIds,
        Optional<Integer> padId,
        List<Integer> fp8BlockSize) {

    public ModelSpec {
        eosIds = List.copyOf(eosIds);
        fp8BlockSize = List.copyOf(fp8BlockSize);
    }

    /** Whether decoder layer {@code layer} (MTP modules count on from {@code layers}) has experts. */
    public boolean isMoe(int layer) {
        return moe.isPresent()
                && layer >= moe.get().firstDense()
                && layer % moe.get().layerFrequency() == 0;
    }
}
