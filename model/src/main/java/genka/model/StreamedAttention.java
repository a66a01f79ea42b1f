package genka.model;

import genka.catalog.AttentionSpec;
import genka.kernel.DotKernels;
import genka.kernel.Gemm;
import genka.kernel.Rotary;
import genka.kernel.RowSums;
import genka.kernel.Softmax;
import genka.kernel.ThreadTeam;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Latent attention, with its norm, for one new token of each of a few sequences: absorbed form (DeepSeek-V2, arXiv 2405.04434 §2.1.2),
 * every weight read once as it lies. Three tasks of the team with nothing in between: outputs of the down projection, heads from their
 * queries to their values, outputs of the last projection. What a task needs whole, a norm or the new line of the cache, each worker
 * computes for itself: that costs less than waiting for another.
 */
final class StreamedAttention {
    private static final class Scratch extends StreamedUnits.Scratch {
        private float[] normed = {};
        private float[] line = {};
        private float[] queryLatent = {};
        private float[] absorbed = {};
        private float[] scores = {};
        private float[] mixed = {};
        private float[] inverse = {};
    }

    /** Buffers that all layers share. */
    static final class Shared {
        private final RotaryTables tables;
        private final Scratch[] scratch;
        private long task;
        private float[] down = {};
        private float[] query = {};
        private float[] output = {};

        Shared(ThreadTeam team, RotaryTables tables) {
            this.tables = tables;
            scratch = new Scratch[team.threads()];
            for (int i = 0; i < scratch.length; i++) {
                scratch[i] = new Scratch();
            }
        }
    }

    private final ThreadTeam team;
    private final AttentionSpec.Mla mla;
    private final int layer;
    private final NormLayer inputNorm;
    private final Linear downProjection;
    private final @Nullable NormLayer queryNorm;
    private final @Nullable Linear queryProjection;
    private final NormLayer latentNorm;
    private final Linear keyValueProjection;
    private final Linear outputProjection;
    private final Shared shared;
    private final int rank;
    private final int width;
    private final int downWidth;
    private final int queryStride;
    private final ThreadTeam.RangeTask downTask = this::projectDown;
    private final ThreadTeam.RangeTask headTask = this::attendHeads;
    private final ThreadTeam.RangeTask outputTask = this::projectOutput;

    private int count;
    private int[] slots = {};
    private int[] positions = {};
    private @Nullable LatentCache cache;
    private float[] x = {};

    StreamedAttention(Gemm gemm, Model model, int layer, AttentionSpec.Mla mla, Shared shared) {
        Parameters parameters = model.parameters();
        String block = "model.layers." + layer + ".";
        String prefix = block + "self_attn.";
        boolean lora = mla.qLoraRank() > 0;
        this.team = gemm.team();
        this.mla = mla;
        this.layer = layer;
        this.shared = shared;
        String first = prefix + (lora ? "q_a_proj.weight" : "q_proj.weight");
        double latentEps = MultiHeadLatentAttention.LATENT_EPS;
        inputNorm = new NormLayer(
                team, parameters, block + "input_layernorm.weight", model.spec().rmsNormEps());
        downProjection = Linear.of(gemm, parameters, first, prefix + "kv_a_proj_with_mqa.weight");
        queryNorm = lora ? new NormLayer(team, parameters, prefix + "q_a_layernorm.weight", latentEps) : null;
        queryProjection = lora ? Linear.of(gemm, parameters, prefix + "q_b_proj.weight") : null;
        latentNorm = new NormLayer(team, parameters, prefix + "kv_a_layernorm.weight", latentEps);
        keyValueProjection = Linear.of(gemm, parameters, prefix + "kv_b_proj.weight");
        outputProjection = Linear.of(gemm, parameters, prefix + "o_proj.weight");
        rank = mla.kvLoraRank();
        width = mla.cacheValuesPerToken();
        downWidth = downProjection.out();
        queryStride = lora ? mla.heads() * mla.qkHeadDim() : downWidth;
    }

    /** Adds the attention of the tokens' states x [count, hidden] to x; token i goes to {@code positions[i]} of {@code slots[i]}, which has room. */
    void run(int count, int[] slots, int[] positions, LatentCache cache, float[] x) {
        this.count = count;
        this.slots = slots;
        this.positions = positions;
        this.cache = cache;
        this.x = x;
        reserve(cache.longest(count, slots) + 1);
        shared.task++;
        StreamedUnits.run(team, downWidth, count * downProjection.in(), downTask);
        shared.task++;
        StreamedUnits.each(team, mla.heads(), count * headWeights(), headTask);
        StreamedUnits.run(team, outputProjection.out(), count * outputProjection.in(), outputTask);
    }

    private void reserve(int length) {
        shared.tables.reserve(length);
        shared.down = Workspace.room(shared.down, (long) count * downWidth);
        shared.query = Workspace.room(shared.query, (long) count * queryStride);
        shared.output = Workspace.room(shared.output, (long) count * outputProjection.in());
        for (Scratch own : shared.scratch) {
            own.normed = Workspace.room(own.normed, (long) count * downProjection.in());
            own.line = Workspace.room(own.line, width);
            own.queryLatent = Workspace.room(own.queryLatent, (long) count * mla.qLoraRank());
            own.absorbed = Workspace.room(own.absorbed, (long) mla.heads() * width);
            own.scores = Workspace.room(own.scores, (long) mla.heads() * length);
            own.mixed = Workspace.room(own.mixed, (long) mla.heads() * rank);
            own.inverse = Workspace.room(own.inverse, count);
        }
    }

    private int headWeights() {
        return mla.qkHeadDim() * mla.qLoraRank() + (mla.qkNopeHeadDim() + mla.vHeadDim()) * rank;
    }

    private void projectDown(int worker, int fromUnit, int toUnit) {
        Scratch own = shared.scratch[worker];
        int hidden = downProjection.in();
        if (own.begins(shared.task)) {
            inputNorm.forwardRows(0, count, x, 0, hidden, own.normed, 0, hidden, own.inverse);
        }
        int from = StreamedUnits.first(fromUnit);
        int to = StreamedUnits.end(toUnit, downWidth);
        downProjection.stream(from, to, count, own.normed, 0, hidden, shared.down, 0, downWidth, false);
    }

    private void attendHeads(int worker, int from, int to) {
        Scratch own = shared.scratch[worker];
        if (own.begins(shared.task)) {
            normQuery(own);
            newLines(own);
        }
        float[] query = query(own, from, to);
        int head = mla.qkHeadDim();
        int nope = mla.qkNopeHeadDim();
        RotaryTables tables = shared.tables;
        Rotary.rotate(
                0,
                count,
                to - from,
                tables.pairs(),
                query,
                from * head + nope,
                queryStride,
                head,
                positions,
                tables.cos(),
                tables.sin(),
                false);
        for (int i = 0; i < count; i++) {
            attend(own, i, from, to, query, lines(i));
        }
    }

    private void normQuery(Scratch own) {
        if (queryNorm != null) {
            queryNorm.forwardRows(
                    0, count, shared.down, 0, downWidth, own.queryLatent, 0, mla.qLoraRank(), own.inverse);
        }
    }

    /** Heads' queries of all tokens, [count, queryStride], not yet rotated. */
    private float[] query(Scratch own, int from, int to) {
        Linear projection = queryProjection;
        if (projection == null) {
            return shared.down;
        }
        int head = mla.qkHeadDim();
        int lora = mla.qLoraRank();
        projection.stream(from * head, to * head, count, own.queryLatent, 0, lora, shared.query, 0, queryStride, false);
        return shared.query;
    }

    /** Puts each token's latent and rotated key into the cache, as every worker does with the same bits. */
    private void newLines(Scratch own) {
        RotaryTables tables = shared.tables;
        for (int i = 0; i < count; i++) {
            int at = i * downWidth + downWidth - width;
            latentNorm.forwardRows(0, 1, shared.down, at, downWidth, own.line, 0, width, own.inverse);
            System.arraycopy(shared.down, at + rank, own.line, rank, mla.qkRopeHeadDim());
            Rotary.rotate(
                    i, i + 1, 1, tables.pairs(), own.line, rank, 0, 0, positions, tables.cos(), tables.sin(), false);
            System.arraycopy(own.line, 0, lines(i), positions[i] * width, width);
        }
    }

    /** The cache of token i's sequence. */
    private float[] lines(int i) {
        return Objects.requireNonNull(cache).lines(layer, slots[i]);
    }

    private void attend(Scratch own, int i, int from, int to, float[] query, float[] lines) {
        int nope = mla.qkNopeHeadDim();
        int value = mla.vHeadDim();
        int length = positions[i] + 1;
        int heads = to - from;
        for (int h = 0; h < heads; h++) {
            int out = (from + h) * (nope + value);
            int queryAt = i * queryStride + (from + h) * mla.qkHeadDim();
            keyValueProjection.streamBack(out, out + nope, query, queryAt, own.absorbed, h * width);
            System.arraycopy(query, queryAt + nope, own.absorbed, h * width + rank, mla.qkRopeHeadDim());
        }
        DotKernels.nt(heads, length, width, own.absorbed, 0, width, lines, 0, width, own.scores, 0, length, false);
        for (int h = 0; h < heads; h++) {
            Softmax.row(length, shared.tables.softmaxScale(), own.scores, h * length);
            RowSums.of(length, rank, own.scores, h * length, lines, 0, width, own.mixed, h * rank);
            int out = (from + h) * (nope + value) + nope;
            int outputAt = i * outputProjection.in() + (from + h) * value;
            keyValueProjection.stream(
                    out, out + value, 1, own.mixed, h * rank, rank, shared.output, outputAt - out, value, false);
        }
    }

    private void projectOutput(int worker, int fromUnit, int toUnit) {
        int hidden = outputProjection.out();
        int in = outputProjection.in();
        int from = StreamedUnits.first(fromUnit);
        int to = StreamedUnits.end(toUnit, hidden);
        outputProjection.stream(from, to, count, shared.output, 0, in, x, 0, hidden, true);
    }
}
