package genka.catalog;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

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

    /** Its shape, as a planner sees it. */
    public Transformer transformer(String name) {
        int moeLayers = (int) IntStream.range(0, layers).filter(this::isMoe).count();
        return new Transformer(
                name,
                hiddenSize,
                vocabSize,
                tiedEmbeddings,
                switch (attention) {
                    case AttentionSpec.Mla mla ->
                        new Transformer.Attention(
                                mla.heads(),
                                mla.heads(),
                                mla.qkHeadDim(),
                                mla.vHeadDim(),
                                mla.qLoraRank(),
                                mla.kvLoraRank(),
                                mla.qkRopeHeadDim(),
                                0,
                                false);
                    case AttentionSpec.Gqa gqa ->
                        Transformer.Attention.grouped(gqa.heads(), gqa.kvHeads(), gqa.headDim(), gqa.qkNorm());
                },
                layers,
                0,
                0,
                layers - moeLayers,
                intermediateSize,
                true,
                moe.map(ModelSpec::experts).orElse(Transformer.Experts.NONE),
                moeLayers,
                0,
                0,
                mtpModules,
                extras(),
                true);
    }

    private static Transformer.Experts experts(MoeSpec moe) {
        return new Transformer.Experts(
                moe.routedExperts(),
                moe.expertsPerToken(),
                moe.intermediateSize(),
                moe.sharedExperts() * moe.intermediateSize(),
                0,
                moe.groups() > 1 ? moe.keptGroups() : 0);
    }

    private Transformer.Extras extras() {
        Transformer.Extras norms = Transformer.Extras.norms(hiddenSize);
        boolean corrected = moe.isPresent() && moe.get().selection() == MoeSpec.Selection.NOAUX_TC;
        return new Transformer.Extras(
                norms.attention() + attention.normsAndBiases(),
                norms.dense(),
                norms.moe() + (corrected ? moe.get().routedExperts() : 0),
                norms.expert(),
                norms.module(),
                norms.outside());
    }
}
