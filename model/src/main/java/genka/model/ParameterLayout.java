package genka.model;

import genka.catalog.AttentionSpec;
import genka.catalog.ModelSpec;
import genka.catalog.MoeSpec;
import genka.units.GenkaException;
import java.util.ArrayList;
import java.util.List;

/** Names and shapes of a model's tensors in their fixed order, without storing a value: also for models that do not fit here. */
final class ParameterLayout {
    /** One tensor, as published; matrices are [out, in]. */
    record Tensor(String name, List<Integer> shape, boolean trainable) {
        Tensor {
            shape = List.copyOf(shape);
        }

        long size() {
            long size = 1;
            for (int dim : shape) {
                size *= dim;
            }
            return size;
        }

        /** Whether it is a matrix inside a layer: not the embedding, the head or a norm. */
        boolean innerMatrix() {
            return shape.size() == 2 && name.startsWith("model.layers.");
        }
    }

    private final ModelSpec spec;
    private final List<Tensor> tensors = new ArrayList<>();

    private ParameterLayout(ModelSpec spec) {
        this.spec = spec;
    }

    static List<Tensor> of(ModelSpec spec) {
        return List.copyOf(new ParameterLayout(spec).build());
    }

    private List<Tensor> build() {
        int hidden = spec.hiddenSize();
        add("model.embed_tokens.weight", spec.vocabSize(), hidden);
        for (int layer = 0; layer < spec.layers(); layer++) {
            decoderLayer(layer);
        }
        add("model.norm.weight", hidden);
        if (!spec.tiedEmbeddings()) {
            add("lm_head.weight", spec.vocabSize(), hidden);
        }
        for (int layer = spec.layers(); layer < spec.layers() + spec.mtpModules(); layer++) {
            String prefix = "model.layers." + layer + ".";
            add(prefix + "enorm.weight", hidden);
            add(prefix + "hnorm.weight", hidden);
            add(prefix + "eh_proj.weight", hidden, 2 * hidden);
            decoderLayer(layer);
            add(prefix + "shared_head.norm.weight", hidden);
        }
        return tensors;
    }

    private void decoderLayer(int layer) {
        String prefix = "model.layers." + layer + ".";
        add(prefix + "input_layernorm.weight", spec.hiddenSize());
        switch (spec.attention()) {
            case AttentionSpec.Mla mla -> latentAttention(prefix + "self_attn.", mla);
            case AttentionSpec.Gqa gqa -> throw refused(gqa);
        }
        add(prefix + "post_attention_layernorm.weight", spec.hiddenSize());
        if (spec.isMoe(layer)) {
            experts(prefix + "mlp.", spec.moe().orElseThrow());
        } else {
            feedForward(prefix + "mlp.", spec.intermediateSize());
        }
    }

    private void latentAttention(String prefix, AttentionSpec.Mla mla) {
        int hidden = spec.hiddenSize();
        int queries = mla.heads() * mla.qkHeadDim();
        boolean lora = mla.qLoraRank() > 0;
        add(prefix + (lora ? "q_a_proj.weight" : "q_proj.weight"), lora ? mla.qLoraRank() : queries, hidden);
        add(prefix + "kv_a_proj_with_mqa.weight", mla.kvLoraRank() + mla.qkRopeHeadDim(), hidden);
        if (lora) {
            add(prefix + "q_a_layernorm.weight", mla.qLoraRank());
            add(prefix + "q_b_proj.weight", queries, mla.qLoraRank());
        }
        add(prefix + "kv_a_layernorm.weight", mla.kvLoraRank());
        add(prefix + "kv_b_proj.weight", mla.heads() * (mla.qkNopeHeadDim() + mla.vHeadDim()), mla.kvLoraRank());
        add(prefix + "o_proj.weight", hidden, mla.heads() * mla.vHeadDim());
    }

    private void experts(String prefix, MoeSpec moe) {
        add(prefix + "gate.weight", moe.routedExperts(), spec.hiddenSize());
        if (moe.selection() == MoeSpec.Selection.NOAUX_TC) {
            tensors.add(new Tensor(prefix + "gate.e_score_correction_bias", List.of(moe.routedExperts()), false));
        }
        if (moe.sharedExperts() > 0) {
            feedForward(prefix + "shared_experts.", moe.sharedExperts() * moe.intermediateSize());
        }
        for (int expert = 0; expert < moe.routedExperts(); expert++) {
            feedForward(prefix + "experts." + expert + ".", moe.intermediateSize());
        }
    }

    private void feedForward(String prefix, int width) {
        add(prefix + "gate_proj.weight", width, spec.hiddenSize());
        add(prefix + "up_proj.weight", width, spec.hiddenSize());
        add(prefix + "down_proj.weight", spec.hiddenSize(), width);
    }

    private void add(String name, Integer... shape) {
        tensors.add(new Tensor(name, List.of(shape), true));
    }

    private GenkaException refused(AttentionSpec.Gqa gqa) {
        return GenkaException.user(
                "model_type (" + spec.modelType() + ") uses grouped-query attention with " + gqa.heads()
                        + " query heads; Genka computes multi-head latent attention only. Maybe use a deepseek_v2 or deepseek_v3 model?");
    }
}
