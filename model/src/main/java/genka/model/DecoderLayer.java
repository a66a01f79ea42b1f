package genka.model;

import genka.catalog.AttentionSpec;
import genka.catalog.ModelSpec;
import genka.kernel.Gemm;
import genka.units.Fault;
import genka.units.GenkaException;

/** A pre-norm block: h = x + attention(norm(x)); output = h + feedForward(norm(h)). All [rows, hidden]. */
final class DecoderLayer {
    /** What a backward needs of the forward; layers that never run backward share one. */
    static final class Activations {
        private final MultiHeadLatentAttention.Activations attention = new MultiHeadLatentAttention.Activations();
        private final SwigluFeedForward.Activations dense = new SwigluFeedForward.Activations();
        private final MixtureOfExperts.Activations experts = new MixtureOfExperts.Activations();
        private float[] normed = {};
        private float[] inverse = {};
        private float[] middle = {};
        private float[] middleNormed = {};
        private float[] middleInverse = {};
        private float[] output = {};
    }

    /** What all layers share: nothing of it lasts from one layer to the next. */
    static final class Shared {
        private final MultiHeadLatentAttention.Shared attention;
        private final SwigluFeedForward.Shared dense = new SwigluFeedForward.Shared();
        private final MixtureOfExperts.Shared experts = new MixtureOfExperts.Shared();
        private float[] dNormed = {};

        Shared(Gemm gemm, ModelSpec spec, RotaryTables tables, boolean keep) {
            attention = new MultiHeadLatentAttention.Shared(gemm, latent(spec), tables, keep);
        }
    }

    private final NormLayer inputNorm;
    private final NormLayer middleNorm;
    private final Attention attention;
    private final FeedForward feedForward;
    private final Shared shared;
    private final Activations own;

    DecoderLayer(Gemm gemm, Model model, int layer, Shared shared, Activations own) {
        ModelSpec spec = model.spec();
        Parameters parameters = model.parameters();
        String prefix = "model.layers." + layer + ".";
        this.shared = shared;
        this.own = own;
        inputNorm = new NormLayer(gemm.team(), parameters, prefix + "input_layernorm.weight", spec.rmsNormEps());
        middleNorm =
                new NormLayer(gemm.team(), parameters, prefix + "post_attention_layernorm.weight", spec.rmsNormEps());
        attention = new MultiHeadLatentAttention(
                gemm, parameters, prefix + "self_attn.", latent(spec), shared.attention, own.attention);
        feedForward = spec.isMoe(layer)
                ? new MixtureOfExperts(
                        gemm,
                        parameters,
                        prefix + "mlp.",
                        spec.moe().orElseThrow(),
                        shared.dense,
                        shared.experts,
                        own.experts)
                : new SwigluFeedForward(gemm, parameters, prefix + "mlp.", shared.dense, own.dense);
    }

    static AttentionSpec.Mla latent(ModelSpec spec) {
        return switch (spec.attention()) {
            case AttentionSpec.Mla mla -> mla;
            case AttentionSpec.Gqa gqa ->
                throw new GenkaException(Fault.INTERNAL, "No attention for " + gqa + ": Parameters.of refuses it.");
        };
    }

    /** The experts, or null in a dense layer. */
    @org.jspecify.annotations.Nullable
    MixtureOfExperts experts() {
        return feedForward instanceof MixtureOfExperts experts ? experts : null;
    }

    /** [rows, hidden] of the last forward or step. */
    float[] output() {
        return own.output;
    }

    void forward(RaggedRows rows, float[] x) {
        begin(rows.rows(), x);
        attention.forward(rows, own.normed, own.middle);
        finish(rows.rows());
    }

    /** Puts what the last forward computed into the cache. */
    void store(RaggedRows rows, LatentCache cache, int layer, int[] slots) {
        attention.store(rows, cache, layer, slots);
    }

    /** One new token for each of the slots. */
    void decode(int count, int[] slots, LatentCache cache, int layer, float[] x) {
        begin(count, x);
        attention.decode(count, slots, cache, layer, own.normed, own.middle);
        finish(count);
    }

    private void begin(int rows, float[] x) {
        int hidden = inputNorm.width();
        long size = (long) rows * hidden;
        own.normed = Workspace.room(own.normed, size);
        own.inverse = Workspace.room(own.inverse, rows);
        own.middle = Workspace.room(own.middle, size);
        own.middleNormed = Workspace.room(own.middleNormed, size);
        own.middleInverse = Workspace.room(own.middleInverse, rows);
        inputNorm.forward(rows, x, 0, hidden, own.normed, 0, hidden, own.inverse);
        System.arraycopy(x, 0, own.middle, 0, (int) size);
    }

    private void finish(int rows) {
        int hidden = inputNorm.width();
        middleNorm.forward(rows, own.middle, 0, hidden, own.middleNormed, 0, hidden, own.middleInverse);
        // Only now: without a backward to come, x may be this very array.
        own.output = Workspace.room(own.output, (long) rows * hidden);
        System.arraycopy(own.middle, 0, own.output, 0, rows * hidden);
        feedForward.forward(rows, own.middleNormed, own.output);
    }

    /** Turns the output's gradient into that of x, in place, and adds the weights' gradients. */
    void backward(RaggedRows rows, float[] x, float[] gradient) {
        int count = rows.rows();
        int hidden = inputNorm.width();
        shared.dNormed = Workspace.room(shared.dNormed, (long) count * hidden);
        float[] d = shared.dNormed;
        feedForward.backward(rows, own.middleNormed, gradient, d);
        middleNorm.backward(count, own.middle, 0, hidden, own.middleInverse, d, 0, hidden, gradient, 0, hidden, true);
        attention.backward(rows, own.normed, gradient, d);
        inputNorm.backward(count, x, 0, hidden, own.inverse, d, 0, hidden, gradient, 0, hidden, true);
    }
}
