package genka.model;

import genka.catalog.AttentionSpec;
import genka.kernel.Gemm;
import genka.kernel.Rotary;
import genka.kernel.ThreadTeam;
import genka.kernel.Vectors;
import org.jspecify.annotations.Nullable;

/**
 * Multi-head latent attention (DeepSeek-V2, arXiv 2405.04434 §2.1; V3 report §2.1.1) in the expanded form for training and prefill;
 * decoding is {@link AbsorbedAttention}'s. {@code down} is [q_a or q | kv_a | rope] in one product. A row of {@code latent} is what the
 * cache holds: c after its norm, then the shared key after rotation. The latent norms use eps 1e-6 whatever the model's eps.
 */
final class MultiHeadLatentAttention implements Attention {
    private static final double LATENT_EPS = 1e-6;

    /** What all layers of a stack share: nothing of it lasts from one layer to the next. */
    static final class Shared {
        private final RotaryTables tables;
        private final CausalAttention causal;
        private final AbsorbedAttention absorbed;
        private float[] output = {};
        private float[] query = {};
        private float[] keyValue = {};
        private float[] headRopeKeys = {};
        private float[] latent = {};
        private float[] queryLatent = {};
        private float[] down = {};

        Shared(Gemm gemm, AttentionSpec.Mla mla, RotaryTables tables, boolean keep) {
            this.tables = tables;
            this.causal = new CausalAttention(gemm, mla, keep);
            this.absorbed = new AbsorbedAttention(gemm, mla);
        }
    }

    /** What a backward needs of the forward; layers that never run backward share one. */
    static final class Activations {
        private final CausalAttention.Probabilities probabilities = new CausalAttention.Probabilities();
        private float[] down = {};
        private float[] queryLatent = {};
        private float[] queryInverse = {};
        private float[] query = {};
        private float[] latent = {};
        private float[] latentInverse = {};
        private float[] keyValue = {};
        private float[] output = {};
    }

    /** What a query passes when its rank is reduced first. */
    private record QueryLora(NormLayer norm, Linear up) {}

    private final ThreadTeam team;
    private final AttentionSpec.Mla mla;
    private final Linear downProjection;
    private final @Nullable QueryLora queryLora;
    private final NormLayer latentNorm;
    private final Linear keyValueProjection;
    private final Linear outputProjection;
    private final Shared shared;
    private final Activations own;
    private final int queryWidth;
    private final int latentWidth;
    private final int downWidth;
    private final int latentAt;
    private final ThreadTeam.RangeTask latentTask = this::latentPiece;
    private final ThreadTeam.RangeTask rotateTask = this::rotatePiece;
    private final ThreadTeam.RangeTask unrotateTask = this::unrotatePiece;

    private int[] positions = {};
    private float[] dQuery = {};

    /** @param prefix of the tensors' names, up to {@code self_attn.} */
    MultiHeadLatentAttention(
            Gemm gemm, Parameters parameters, String prefix, AttentionSpec.Mla mla, Shared shared, Activations own) {
        this.team = gemm.team();
        this.mla = mla;
        this.shared = shared;
        this.own = own;
        boolean lora = mla.qLoraRank() > 0;
        String first = prefix + (lora ? "q_a_proj.weight" : "q_proj.weight");
        this.downProjection = Linear.of(gemm, parameters, first, prefix + "kv_a_proj_with_mqa.weight");
        this.queryLora = lora
                ? new QueryLora(
                        new NormLayer(team, parameters, prefix + "q_a_layernorm.weight", LATENT_EPS),
                        Linear.of(gemm, parameters, prefix + "q_b_proj.weight"))
                : null;
        this.latentNorm = new NormLayer(team, parameters, prefix + "kv_a_layernorm.weight", LATENT_EPS);
        this.keyValueProjection = Linear.of(gemm, parameters, prefix + "kv_b_proj.weight");
        this.outputProjection = Linear.of(gemm, parameters, prefix + "o_proj.weight");
        this.queryWidth = mla.heads() * mla.qkHeadDim();
        this.latentWidth = mla.cacheValuesPerToken();
        this.downWidth = downProjection.out();
        this.latentAt = downWidth - latentWidth;
    }

    @Override
    public void forward(RaggedRows rows, float[] x, float[] y) {
        int count = rows.rows();
        shared.tables.reserve(rows.positionsNeeded());
        project(count, rows.positions(), x);
        int width = keyValueProjection.out();
        own.keyValue = Workspace.room(own.keyValue, (long) count * width);
        keyValueProjection.forward(count, own.latent, 0, latentWidth, own.keyValue, 0, width, false);
        shared.causal.forward(
                rows,
                shared.tables.softmaxScale(),
                queries(),
                queryStride(),
                own.latent,
                own.keyValue,
                own.output,
                own.probabilities);
        outputProjection.forward(count, own.output, 0, outputWidth(), y, 0, outputProjection.out(), true);
    }

    /** Latents and rotated queries of the rows. */
    private void project(int count, int[] positions, float[] x) {
        this.positions = positions;
        own.down = Workspace.room(own.down, (long) count * downWidth);
        own.latent = Workspace.room(own.latent, (long) count * latentWidth);
        own.latentInverse = Workspace.room(own.latentInverse, count);
        own.output = Workspace.room(own.output, (long) count * outputWidth());
        if (queryLora != null) {
            own.queryLatent = Workspace.room(own.queryLatent, (long) count * mla.qLoraRank());
            own.queryInverse = Workspace.room(own.queryInverse, count);
            own.query = Workspace.room(own.query, (long) count * queryWidth);
        }
        downProjection.forward(count, x, 0, downProjection.in(), own.down, 0, downWidth, false);
        team.run(count, Workspace.grain(downWidth), latentTask);
        if (queryLora != null) {
            queryLora.up.forward(count, own.queryLatent, 0, mla.qLoraRank(), own.query, 0, queryWidth, false);
        }
        team.run(count, Workspace.grain(queryWidth), rotateTask);
    }

    private float[] queries() {
        return queryLora == null ? own.down : own.query;
    }

    private int queryStride() {
        return queryLora == null ? downWidth : queryWidth;
    }

    private int outputWidth() {
        return mla.heads() * mla.vHeadDim();
    }

    private void latentPiece(int worker, int from, int to) {
        int rank = mla.kvLoraRank();
        int rope = mla.qkRopeHeadDim();
        if (queryLora != null) {
            queryLora.norm.forwardRows(
                    from, to, own.down, 0, downWidth, own.queryLatent, 0, mla.qLoraRank(), own.queryInverse);
        }
        latentNorm.forwardRows(from, to, own.down, latentAt, downWidth, own.latent, 0, latentWidth, own.latentInverse);
        for (int r = from; r < to; r++) {
            System.arraycopy(own.down, (r + 1) * downWidth - rope, own.latent, r * latentWidth + rank, rope);
        }
        rotate(from, to, 1, own.latent, rank, latentWidth, false);
    }

    private void rotatePiece(int worker, int from, int to) {
        rotate(from, to, mla.heads(), queries(), mla.qkNopeHeadDim(), queryStride(), false);
    }

    private void rotate(int from, int to, int heads, float[] x, int at, int stride, boolean inverse) {
        int headStride = mla.qkHeadDim();
        Rotary.rotate(
                from,
                to,
                heads,
                shared.tables.pairs(),
                x,
                at,
                stride,
                headStride,
                positions,
                shared.tables.cos(),
                shared.tables.sin(),
                inverse);
    }

    @Override
    public void backward(RaggedRows rows, float[] x, float[] dy, float[] dx) {
        int count = rows.rows();
        int hidden = downProjection.in();
        positions = rows.positions();
        reserveGradients(count);
        outputProjection.backwardWeight(count, own.output, 0, outputWidth(), dy, 0, hidden);
        outputProjection.backwardInput(count, dy, 0, hidden, shared.output, 0, outputWidth(), false);
        dQuery = queryLora == null ? shared.down : shared.query;
        shared.causal.resume(
                rows,
                shared.tables.softmaxScale(),
                queries(),
                queryStride(),
                own.latent,
                own.keyValue,
                shared.output,
                own.probabilities);
        shared.causal.backward(dQuery, queryStride(), shared.keyValue, shared.headRopeKeys);
        team.run(count, Workspace.grain(queryWidth), unrotateTask);
        backwardLatent(count);
        backwardQuery(count);
        downProjection.backwardWeight(count, x, 0, hidden, shared.down, 0, downWidth);
        downProjection.backwardInput(count, shared.down, 0, downWidth, dx, 0, hidden, false);
    }

    private void reserveGradients(int count) {
        Shared g = shared;
        g.output = Workspace.room(g.output, (long) count * outputWidth());
        g.keyValue = Workspace.room(g.keyValue, (long) count * keyValueProjection.out());
        g.headRopeKeys = Workspace.room(g.headRopeKeys, (long) count * mla.heads() * mla.qkRopeHeadDim());
        g.latent = Workspace.room(g.latent, (long) count * mla.kvLoraRank());
        g.down = Workspace.room(g.down, (long) count * downWidth);
        if (queryLora != null) {
            g.query = Workspace.room(g.query, (long) count * queryWidth);
            g.queryLatent = Workspace.room(g.queryLatent, (long) count * mla.qLoraRank());
        }
    }

    /** Turns back the gradients of queries and of the shared key, whose heads are added up in their order. */
    private void unrotatePiece(int worker, int from, int to) {
        int rope = mla.qkRopeHeadDim();
        rotate(from, to, mla.heads(), dQuery, mla.qkNopeHeadDim(), queryStride(), true);
        for (int r = from; r < to; r++) {
            int at = (r + 1) * downWidth - rope;
            System.arraycopy(shared.headRopeKeys, r * mla.heads() * rope, shared.down, at, rope);
            for (int h = 1; h < mla.heads(); h++) {
                Vectors.add(rope, shared.headRopeKeys, (r * mla.heads() + h) * rope, shared.down, at);
            }
        }
        rotate(from, to, 1, shared.down, downWidth - rope, downWidth, true);
    }

    private void backwardLatent(int count) {
        Shared g = shared;
        int width = keyValueProjection.out();
        int rank = mla.kvLoraRank();
        keyValueProjection.backwardWeight(count, own.latent, 0, latentWidth, g.keyValue, 0, width);
        keyValueProjection.backwardInput(count, g.keyValue, 0, width, g.latent, 0, rank, false);
        latentNorm.backward(
                count,
                own.down,
                latentAt,
                downWidth,
                own.latentInverse,
                g.latent,
                0,
                rank,
                g.down,
                latentAt,
                downWidth,
                false);
    }

    private void backwardQuery(int count) {
        if (queryLora == null) {
            return;
        }
        Shared g = shared;
        int rank = mla.qLoraRank();
        queryLora.up.backwardWeight(count, own.queryLatent, 0, rank, g.query, 0, queryWidth);
        queryLora.up.backwardInput(count, g.query, 0, queryWidth, g.queryLatent, 0, rank, false);
        queryLora.norm.backward(
                count, own.down, 0, downWidth, own.queryInverse, g.queryLatent, 0, rank, g.down, 0, downWidth, false);
    }

    @Override
    public void store(RaggedRows rows, LatentCache cache, int layer, int[] slots) {
        for (int s = 0; s < rows.sequences(); s++) {
            float[] lines = cache.lines(layer, slots[s]);
            System.arraycopy(own.latent, rows.start(s) * latentWidth, lines, 0, rows.length(s) * latentWidth);
        }
    }

    @Override
    public void decode(int count, int[] slots, LatentCache cache, int layer, float[] x, float[] y) {
        shared.tables.reserve(cache.longest(count, slots) + 1);
        project(count, cache.positions(count, slots), x);
        for (int i = 0; i < count; i++) {
            float[] lines = cache.lines(layer, slots[i]);
            System.arraycopy(own.latent, i * latentWidth, lines, positions[i] * latentWidth, latentWidth);
        }
        shared.absorbed.attend(
                count,
                slots,
                positions,
                cache,
                layer,
                keyValueProjection,
                shared.tables.softmaxScale(),
                queries(),
                queryStride(),
                own.output);
        outputProjection.forward(count, own.output, 0, outputWidth(), y, 0, outputProjection.out(), true);
    }
}
