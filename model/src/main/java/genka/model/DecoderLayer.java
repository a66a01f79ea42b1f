package genka.model;

import genka.catalog.AttentionSpec;
import genka.catalog.ModelSpec;
import genka.kernel.Gemm;
import genka.kernel.ThreadTeam;
import genka.units.Fault;
import genka.units.GenkaException;
import java.util.ArrayList;
import java.util.List;

/**
 * A pre-norm block: h = x + attention(norm(x)); output = h + feedForward(norm(h)). All [rows, hidden]. A thread takes a block of rows
 * through all that its rows do alone, so that it finds them in its cache; with whole groups in a block that includes the heads.
 */
final class DecoderLayer {
    /** Blocks a thread should have at least, or heads are handed out one by one. */
    private static final int BLOCKS_A_THREAD = 2;

    /** What a backward needs of the forward; layers that never run backward share one. */
    static final class Activations {
        private final MultiHeadLatentAttention.Activations attention = new MultiHeadLatentAttention.Activations();
        private final SwigluFeedForward.Activations dense = new SwigluFeedForward.Activations();
        private final MixtureOfExperts.Activations experts = new MixtureOfExperts.Activations();
        private float[] inverse = {};
        private float[] middle = {};
        private float[] middleInverse = {};
        private float[] output = {};
    }

    /** What all layers share: nothing of it lasts from one layer to the next. */
    static final class Shared {
        private final MultiHeadLatentAttention.Shared attention;
        private final SwigluFeedForward.Shared dense;
        private final MixtureOfExperts.Shared experts;
        private final WeightGradients weightGradients;
        private final float[][] block;
        private float[] normed = {};
        private float[] middleNormed = {};
        private float[] dMiddle = {};
        private float[] spare = {};

        Shared(Gemm gemm, ModelSpec spec, RotaryTables tables) {
            int threads = gemm.team().threads();
            attention = new MultiHeadLatentAttention.Shared(gemm, latent(spec), tables);
            dense = new SwigluFeedForward.Shared(threads);
            experts = new MixtureOfExperts.Shared(threads);
            weightGradients = new WeightGradients(gemm);
            block = new float[threads][0];
        }
    }

    private final ThreadTeam team;
    private final int hidden;
    private final NormLayer inputNorm;
    private final NormLayer middleNorm;
    private final Attention attention;
    private final FeedForward feedForward;
    private final WeightPacks packs;
    private final Shared shared;
    private final Activations own;
    private final ThreadTeam.RangeTask wholeTask = this::wholeBlocks;
    private final ThreadTeam.RangeTask projectTask = this::projectBlocks;
    private final ThreadTeam.RangeTask attendTask = this::attendHeads;
    private final ThreadTeam.RangeTask finishTask = this::finishBlocks;
    private final ThreadTeam.RangeTask normTask = this::normBlocks;
    private final ThreadTeam.RangeTask wholeBackwardTask = this::wholeBlocksBackward;
    private final ThreadTeam.RangeTask finishBackwardTask = this::finishBlocksBackward;
    private final ThreadTeam.RangeTask attendBackwardTask = this::attendHeadsBackward;
    private final ThreadTeam.RangeTask projectBackwardTask = this::projectBlocksBackward;

    private RaggedRows rows = new RaggedRows();
    private RaggedRows ends = rows;
    private float[] x = {};
    private float[] gradient = {};
    private float[] dx = {};

    DecoderLayer(Gemm gemm, Model model, int layer, Shared shared, Activations own) {
        ModelSpec spec = model.spec();
        Parameters parameters = model.parameters();
        String prefix = "model.layers." + layer + ".";
        this.team = gemm.team();
        this.hidden = spec.hiddenSize();
        this.shared = shared;
        this.own = own;
        inputNorm = new NormLayer(team, parameters, prefix + "input_layernorm.weight", spec.rmsNormEps());
        middleNorm = new NormLayer(team, parameters, prefix + "post_attention_layernorm.weight", spec.rmsNormEps());
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
        List<Linear> linears = new ArrayList<>(attention.linears());
        linears.addAll(feedForward.linears());
        packs = new WeightPacks(team, linears);
    }

    static AttentionSpec.Mla latent(ModelSpec spec) {
        return switch (spec.attention()) {
            case AttentionSpec.Mla mla -> mla;
            case AttentionSpec.Gqa gqa ->
                throw new GenkaException(Fault.INTERNAL, "No attention for " + gqa + ": Parameters.of refuses it.");
        };
    }

    WeightPacks packs() {
        return packs;
    }

    /** The experts, or null in a dense layer. */
    @org.jspecify.annotations.Nullable
    MixtureOfExperts experts() {
        return feedForward instanceof MixtureOfExperts experts ? experts : null;
    }

    /** [ends, hidden] of the last forward. */
    float[] output() {
        return own.output;
    }

    /**
     * The output of the ends from x [rows, hidden].
     *
     * @param ends the rows whose output anything hangs on, often all of them; the others have but keys and values. Some may be left out
     *     only where x is not the output of the layer's own activations: blocks would overwrite what others still read
     */
    void forward(RaggedRows rows, RaggedRows ends, float[] x) {
        this.rows = rows;
        this.ends = ends;
        this.x = x;
        reserve(ends.rows());
        attention.begin(rows, ends);
        feedForward.reserve(ends.rows());
        packs.forward();
        if (wholeBlocks()) {
            team.each(rows.blocks(), wholeTask);
        } else {
            team.each(rows.blocks(), projectTask);
            team.each(rows.groups() * attention.heads(), attendTask);
            // Only now: without a backward to come, x may be this very array.
            team.each(rows.blocks(), finishTask);
        }
        feedForward.finishForward(ends.rows(), shared.middleNormed, own.output);
    }

    private boolean wholeBlocks() {
        return rows.wholeGroups() && rows.blocks() >= BLOCKS_A_THREAD * team.threads();
    }

    private void reserve(int ends) {
        long size = (long) ends * hidden;
        own.inverse = Workspace.room(own.inverse, rows.rows());
        own.middle = Workspace.room(own.middle, size);
        own.middleInverse = Workspace.room(own.middleInverse, ends);
        own.output = Workspace.room(own.output, size);
        shared.middleNormed = Workspace.room(shared.middleNormed, size);
        for (int worker = 0; worker < shared.block.length; worker++) {
            shared.block[worker] = Workspace.room(shared.block[worker], (long) RaggedRows.BLOCK * hidden);
        }
    }

    private void wholeBlocks(int worker, int first, int last) {
        for (int block = first; block < last; block++) {
            projectBlocks(worker, block, block + 1);
            for (int group = rows.firstGroup(block); group < rows.firstGroup(block + 1); group++) {
                for (int head = 0; head < attention.heads(); head++) {
                    attention.attend(worker, group, head);
                }
            }
            finishBlocks(worker, block, block + 1);
        }
    }

    private void projectBlocks(int worker, int first, int last) {
        for (int block = first; block < last; block++) {
            int from = rows.blockFrom(block);
            int to = rows.blockTo(block);
            float[] normed = shared.block[worker];
            inputNorm.forwardRows(from, to, x, 0, hidden, normed, -from * hidden, hidden, own.inverse);
            attention.project(worker, block, normed);
        }
    }

    private void attendHeads(int worker, int first, int last) {
        for (int i = first; i < last; i++) {
            attention.attend(worker, i / attention.heads(), i % attention.heads());
        }
    }

    private void finishBlocks(int worker, int first, int last) {
        for (int block = first; block < last; block++) {
            int from = ends.blockFrom(block);
            int to = ends.blockTo(block);
            int at = from * hidden;
            int size = (to - from) * hidden;
            ends.pick(block, hidden, x, hidden, own.middle);
            attention.output(worker, from, to, own.middle);
            normRows(from, to);
            System.arraycopy(own.middle, at, own.output, at, size);
            feedForward.forwardRows(worker, from, to, shared.middleNormed, own.output);
        }
    }

    private void normRows(int from, int to) {
        middleNorm.forwardRows(from, to, own.middle, 0, hidden, shared.middleNormed, 0, hidden, own.middleInverse);
    }

    /** Puts what the last forward computed into the cache. */
    void store(RaggedRows rows, LatentCache cache, int layer, int[] slots) {
        attention.store(rows, cache, layer, slots);
    }

    /**
     * The gradient of x [rows, hidden] from that of the output [ends, hidden], and those of the weights.
     *
     * @return the array that holds the gradient of x; the one given belongs to the layers from now on
     */
    float[] backward(RaggedRows rows, RaggedRows ends, float[] x, float[] gradient) {
        long size = (long) ends.rows() * hidden;
        long allSize = (long) rows.rows() * hidden;
        this.rows = rows;
        this.ends = ends;
        this.x = x;
        this.gradient = gradient;
        shared.normed = Workspace.room(shared.normed, allSize);
        shared.middleNormed = Workspace.room(shared.middleNormed, size);
        shared.dMiddle = Workspace.room(shared.dMiddle, size);
        dx = Workspace.room(shared.spare, allSize);
        inputNorm.prepareBackward(rows);
        middleNorm.prepareBackward(ends);
        attention.beginBackward(rows, ends);
        packs.backward();
        team.each(ends.blocks(), normTask);
        feedForward.beginBackward(ends, shared.middleNormed, gradient);
        if (wholeBlocks()) {
            team.each(rows.blocks(), wholeBackwardTask);
        } else {
            team.each(rows.blocks(), finishBackwardTask);
            team.each(rows.groups() * attention.heads(), attendBackwardTask);
            team.each(rows.blocks(), projectBackwardTask);
        }
        inputNorm.addWeightGradient(rows);
        middleNorm.addWeightGradient(ends);
        attention.weightGradients(shared.weightGradients, shared.normed, shared.dMiddle);
        feedForward.weightGradients(shared.weightGradients, ends.rows(), shared.middleNormed, gradient);
        shared.weightGradients.run();
        shared.spare = gradient;
        return dx;
    }

    private void normBlocks(int worker, int first, int last) {
        normRows(ends.blockFrom(first), ends.blockTo(last - 1));
    }

    private void wholeBlocksBackward(int worker, int first, int last) {
        for (int block = first; block < last; block++) {
            finishBlocksBackward(worker, block, block + 1);
            for (int group = rows.firstGroup(block); group < rows.firstGroup(block + 1); group++) {
                for (int head = 0; head < attention.heads(); head++) {
                    attention.attendBackward(worker, group, head);
                }
            }
            projectBlocksBackward(worker, block, block + 1);
        }
    }

    private void finishBlocksBackward(int worker, int first, int last) {
        for (int block = first; block < last; block++) {
            int from = ends.blockFrom(block);
            int to = ends.blockTo(block);
            float[] dNormed = shared.block[worker];
            feedForward.backwardRows(worker, from, to, gradient, dNormed, 0);
            System.arraycopy(gradient, from * hidden, shared.dMiddle, from * hidden, (to - from) * hidden);
            normBackward(middleNorm, ends, block, own.middle, own.middleInverse, dNormed, shared.dMiddle);
            attention.outputBackward(worker, from, to, shared.dMiddle);
        }
    }

    private void attendHeadsBackward(int worker, int first, int last) {
        for (int i = first; i < last; i++) {
            attention.attendBackward(worker, i / attention.heads(), i % attention.heads());
        }
    }

    private void projectBlocksBackward(int worker, int first, int last) {
        for (int block = first; block < last; block++) {
            int from = rows.blockFrom(block);
            int to = rows.blockTo(block);
            float[] dNormed = shared.block[worker];
            attention.projectBackward(worker, block, dNormed);
            inputNorm.forwardRows(from, to, x, 0, hidden, shared.normed, 0, hidden, own.inverse);
            ends.putBack(rows, block, hidden, shared.dMiddle, ends.blockFrom(block) * hidden, dx, hidden);
            normBackward(inputNorm, rows, block, x, own.inverse, dNormed, dx);
        }
    }

    /** Adds to {@code to} the gradient of the norm's input x from that of a block's output. */
    private void normBackward(
            NormLayer norm, RaggedRows of, int block, float[] x, float[] inverse, float[] dyBlock, float[] to) {
        int at = -of.blockFrom(block) * hidden;
        norm.backwardRows(of, block, x, 0, hidden, inverse, dyBlock, at, hidden, to, 0, hidden, true);
    }
}
