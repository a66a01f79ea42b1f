package genka.model;

import genka.catalog.AttentionSpec;
import genka.kernel.Gemm;
import genka.kernel.Rotary;
import genka.kernel.SerialGemm;
import genka.kernel.ThreadTeam;
import genka.kernel.Vectors;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Multi-head latent attention (DeepSeek-V2, arXiv 2405.04434 §2.1; V3 report §2.1.1) in the expanded form for training and prefill;
 * decoding is {@link StreamedAttention}'s and {@link PackedAttention}'s. {@code down} is [q_a or q | kv_a | rope] in one product. A row of {@code latent} is what the
 * cache holds: c after its norm, then the shared key after rotation. The latent norms use eps 1e-6 whatever the model's eps.
 */
final class MultiHeadLatentAttention implements Attention {
    static final double LATENT_EPS = 1e-6;

    /** What all layers of a stack share: nothing of it lasts from one layer to the next. */
    static final class Shared {
        private final RotaryTables tables;
        private final CausalAttention causal;
        private final float[][] block;
        private final QueryLora.Shared queries = new QueryLora.Shared();
        private float[] output = {};
        private float[] keyValue = {};
        private float[] headRopeKeys = {};
        private float[] down = {};

        Shared(Gemm gemm, AttentionSpec.Mla mla, RotaryTables tables) {
            this.tables = tables;
            this.causal = new CausalAttention(gemm, mla);
            this.block = new float[gemm.team().threads()][0];
        }
    }

    /** What a backward needs of the forward; layers that never run backward share one. */
    static final class Activations {
        private final QueryLora.Activations queries = new QueryLora.Activations();
        private float[] down = {};
        private float[] latent = {};
        private float[] latentInverse = {};
        private float[] keyValue = {};
        private float[] output = {};
        private float[] sums = {};
    }

    private final Gemm gemm;
    private final AttentionSpec.Mla mla;
    private final Linear downProjection;
    private final @Nullable QueryLora queryLora;
    private final NormLayer latentNorm;
    private final Linear keyValueProjection;
    private final Linear outputProjection;
    private final Shared shared;
    private final Activations own;
    private final int hidden;
    private final int queryWidth;
    private final int latentWidth;
    private final int downWidth;
    private final int latentAt;
    private final int keyValueWidth;
    private final int outputWidth;

    private RaggedRows rows = new RaggedRows();
    private RaggedRows ends = rows;

    /** @param prefix of the tensors' names, up to {@code self_attn.} */
    MultiHeadLatentAttention(
            Gemm gemm, Parameters parameters, String prefix, AttentionSpec.Mla mla, Shared shared, Activations own) {
        this.gemm = gemm;
        ThreadTeam team = gemm.team();
        this.mla = mla;
        this.shared = shared;
        this.own = own;
        boolean lora = mla.qLoraRank() > 0;
        String first = prefix + (lora ? "q_a_proj.weight" : "q_proj.weight");
        this.downProjection = Linear.of(gemm, parameters, first, prefix + "kv_a_proj_with_mqa.weight");
        this.queryLora = lora
                ? new QueryLora(
                        new NormLayer(team, parameters, prefix + "q_a_layernorm.weight", LATENT_EPS),
                        Linear.of(gemm, parameters, prefix + "q_b_proj.weight"),
                        downProjection.out(),
                        shared.queries,
                        own.queries)
                : null;
        this.latentNorm = new NormLayer(team, parameters, prefix + "kv_a_layernorm.weight", LATENT_EPS);
        this.keyValueProjection = Linear.of(gemm, parameters, prefix + "kv_b_proj.weight");
        this.outputProjection = Linear.of(gemm, parameters, prefix + "o_proj.weight");
        this.hidden = downProjection.in();
        this.queryWidth = mla.heads() * mla.qkHeadDim();
        this.latentWidth = mla.cacheValuesPerToken();
        this.downWidth = downProjection.out();
        this.latentAt = downWidth - latentWidth;
        this.keyValueWidth = keyValueProjection.out();
        this.outputWidth = mla.heads() * mla.vHeadDim();
    }

    @Override
    public int heads() {
        return mla.heads();
    }

    @Override
    public List<Linear> linears() {
        return queryLora == null
                ? List.of(keyValueProjection, outputProjection, downProjection)
                : List.of(queryLora.up(), keyValueProjection, outputProjection, downProjection);
    }

    @Override
    public void begin(RaggedRows rows, RaggedRows ends) {
        this.rows = rows;
        this.ends = ends;
        shared.tables.reserve(rows.positionsNeeded());
        reserve(rows.rows(), ends.rows());
        attend();
    }

    private void reserve(int count, int queries) {
        own.down = Workspace.room(own.down, (long) count * downWidth);
        own.latent = Workspace.room(own.latent, (long) count * latentWidth);
        own.latentInverse = Workspace.room(own.latentInverse, count);
        own.output = Workspace.room(own.output, (long) queries * outputWidth);
        own.sums = Workspace.room(own.sums, 2L * queries * mla.heads());
        own.keyValue = Workspace.room(own.keyValue, (long) count * keyValueWidth);
        if (queryLora != null) {
            queryLora.reserve(ends);
        }
    }

    private void attend() {
        shared.causal.begin(
                rows,
                ends,
                queryRows(),
                shared.tables.softmaxScale(),
                queries(),
                queryStride(),
                own.latent,
                own.keyValue,
                own.output,
                own.sums);
    }

    private float[] queries() {
        return queryLora == null ? own.down : queryLora.query();
    }

    /** Where queries lie: in rows of their own, or as a part of {@code down}. */
    private RaggedRows queryRows() {
        return queryLora == null ? rows : ends;
    }

    private int queryStride() {
        return queryLora == null ? downWidth : queryWidth;
    }

    @Override
    public void project(int worker, int block, float[] xBlock) {
        SerialGemm serial = gemm.serial(worker);
        int from = rows.blockFrom(block);
        int count = rows.blockTo(block) - from;
        downProjection.packedForward(serial, count, xBlock, 0, hidden, own.down, from * downWidth, downWidth, false);
        latentRows(from, from + count);
        if (queryLora != null) {
            queryLora.forwardRows(serial, ends, block, own.down);
        }
        rotateQueries(block, queries(), false);
        keyValueProjection.packedForward(
                serial,
                count,
                own.latent,
                from * latentWidth,
                latentWidth,
                own.keyValue,
                from * keyValueWidth,
                keyValueWidth,
                false);
    }

    private void latentRows(int from, int to) {
        int rank = mla.kvLoraRank();
        int rope = mla.qkRopeHeadDim();
        latentNorm.forwardRows(from, to, own.down, latentAt, downWidth, own.latent, 0, latentWidth, own.latentInverse);
        for (int r = from; r < to; r++) {
            System.arraycopy(own.down, (r + 1) * downWidth - rope, own.latent, r * latentWidth + rank, rope);
        }
        rotate(rows, from, to, 1, own.latent, rank, latentWidth, false);
    }

    /** Turns a block's queries, or their gradients back. */
    private void rotateQueries(int block, float[] x, boolean inverse) {
        RaggedRows of = queryRows();
        int at = mla.qkNopeHeadDim();
        rotate(of, of.blockFrom(block), of.blockTo(block), mla.heads(), x, at, queryStride(), inverse);
    }

    private void rotate(RaggedRows of, int from, int to, int heads, float[] x, int at, int stride, boolean inverse) {
        Rotary.rotate(
                from,
                to,
                heads,
                shared.tables.pairs(),
                x,
                at,
                stride,
                mla.qkHeadDim(),
                of.positions(),
                shared.tables.cos(),
                shared.tables.sin(),
                inverse);
    }

    @Override
    public void attend(int worker, int group, int head) {
        shared.causal.forwardHead(worker, group, head);
    }

    @Override
    public void output(int worker, int from, int to, float[] y) {
        outputProjection.packedForward(
                gemm.serial(worker),
                to - from,
                own.output,
                from * outputWidth,
                outputWidth,
                y,
                from * hidden,
                hidden,
                true);
    }

    @Override
    public void beginBackward(RaggedRows rows, RaggedRows ends) {
        this.rows = rows;
        this.ends = ends;
        int count = rows.rows();
        Shared g = shared;
        g.output = Workspace.room(g.output, (long) ends.rows() * outputWidth);
        g.keyValue = Workspace.room(g.keyValue, (long) count * keyValueWidth);
        g.headRopeKeys = Workspace.room(g.headRopeKeys, (long) count * mla.heads() * mla.qkRopeHeadDim());
        g.down = Workspace.room(g.down, (long) count * downWidth);
        if (queryLora != null) {
            queryLora.reserveBackward(ends);
        }
        for (int worker = 0; worker < g.block.length; worker++) {
            int widest = Math.max(mla.kvLoraRank(), mla.qLoraRank());
            g.block[worker] = Workspace.room(g.block[worker], (long) RaggedRows.BLOCK * widest);
        }
        latentNorm.prepareBackward(rows);
        attend();
        shared.causal.beginBackward(g.output, dQuery(), g.keyValue, g.headRopeKeys);
    }

    private float[] dQuery() {
        return queryLora == null ? shared.down : queryLora.dQuery();
    }

    @Override
    public void outputBackward(int worker, int from, int to, float[] dy) {
        outputProjection.packedBackwardInput(
                gemm.serial(worker),
                to - from,
                dy,
                from * hidden,
                hidden,
                shared.output,
                from * outputWidth,
                outputWidth,
                false);
    }

    @Override
    public void attendBackward(int worker, int group, int head) {
        shared.causal.backwardHead(worker, group, head);
    }

    @Override
    public void projectBackward(int worker, int block, float[] dxBlock) {
        int from = rows.blockFrom(block);
        int to = rows.blockTo(block);
        if (queryLora == null) {
            ends.clearOthers(rows, block, queryWidth, shared.down, downWidth);
        }
        rotateQueries(block, dQuery(), true);
        unrotateKey(from, to);
        latentBackward(worker, block, from, to);
        if (queryLora != null) {
            queryLora.backwardRows(gemm.serial(worker), rows, ends, block, own.down, shared.down, shared.block[worker]);
        }
        downProjection.packedBackwardInput(
                gemm.serial(worker), to - from, shared.down, from * downWidth, downWidth, dxBlock, 0, hidden, false);
    }

    /** Turns back the gradient of the shared key, whose heads are added up in their order. */
    private void unrotateKey(int from, int to) {
        int rope = mla.qkRopeHeadDim();
        for (int r = from; r < to; r++) {
            int at = (r + 1) * downWidth - rope;
            System.arraycopy(shared.headRopeKeys, r * mla.heads() * rope, shared.down, at, rope);
            for (int h = 1; h < mla.heads(); h++) {
                Vectors.add(rope, shared.headRopeKeys, (r * mla.heads() + h) * rope, shared.down, at);
            }
        }
        rotate(rows, from, to, 1, shared.down, downWidth - rope, downWidth, true);
    }

    private void latentBackward(int worker, int block, int from, int to) {
        float[] dLatent = shared.block[worker];
        int rank = mla.kvLoraRank();
        keyValueProjection.packedBackwardInput(
                gemm.serial(worker),
                to - from,
                shared.keyValue,
                from * keyValueWidth,
                keyValueWidth,
                dLatent,
                0,
                rank,
                false);
        latentNorm.backwardRows(
                rows,
                block,
                own.down,
                latentAt,
                downWidth,
                own.latentInverse,
                dLatent,
                -from * rank,
                rank,
                shared.down,
                latentAt,
                downWidth,
                false);
    }

    @Override
    public void weightGradients(WeightGradients gradients, float[] x, float[] dy) {
        int count = rows.rows();
        Shared g = shared;
        latentNorm.addWeightGradient(rows);
        if (queryLora != null) {
            queryLora.weightGradients(gradients, ends);
        }
        gradients.add(keyValueProjection, count, own.latent, 0, latentWidth, g.keyValue, 0, keyValueWidth);
        gradients.add(outputProjection, ends.rows(), own.output, 0, outputWidth, dy, 0, hidden);
        gradients.add(downProjection, count, x, 0, hidden, g.down, 0, downWidth);
    }

    @Override
    public void store(RaggedRows rows, LatentCache cache, int layer, int[] slots) {
        for (int s = 0; s < rows.sequences(); s++) {
            float[] lines = cache.lines(layer, slots[s]);
            System.arraycopy(own.latent, rows.start(s) * latentWidth, lines, 0, rows.length(s) * latentWidth);
        }
    }
}
