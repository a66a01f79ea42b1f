package genka.model;

import genka.catalog.AttentionSpec;
import genka.kernel.Gemm;
import genka.kernel.Rotary;
import genka.kernel.SerialGemm;
import genka.kernel.Softmax;
import genka.kernel.ThreadTeam;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Latent attention, with its norm, for one new token of each of many sequences: absorbed form (DeepSeek-V2, arXiv 2405.04434 §2.1.2)
 * with packed weights. A worker takes its rows from the layer's input to its residual sum; no row waits for another.
 */
final class PackedAttention {
    /** What one worker works in. */
    private static final class Scratch {
        private float[] normed = {};
        private float[] inverse = {};
        private float[] down = {};
        private float[] queryLatent = {};
        private float[] query = {};
        private float[] absorbed = {};
        private float[] scores = {};
        private float[] mixed = {};
        private float[] output = {};
    }

    /** Buffers that all layers share. */
    static final class Shared {
        private final RotaryTables tables;
        private final Scratch[] scratch;

        Shared(ThreadTeam team, RotaryTables tables) {
            this.tables = tables;
            scratch = new Scratch[team.threads()];
            for (int i = 0; i < scratch.length; i++) {
                scratch[i] = new Scratch();
            }
        }
    }

    private final Gemm gemm;
    private final AttentionSpec.Mla mla;
    private final int layer;
    private final NormLayer inputNorm;
    private final PackedLinear downProjection;
    private final @Nullable NormLayer queryNorm;
    private final @Nullable PackedLinear queryProjection;
    private final NormLayer latentNorm;
    private final PackedLinear[] keyProjection;
    private final PackedLinear[] valueProjection;
    private final PackedLinear outputProjection;
    private final Shared shared;
    private final int rank;
    private final int width;

    PackedAttention(Gemm gemm, Model model, int layer, AttentionSpec.Mla mla, Shared shared) {
        Parameters parameters = model.parameters();
        String block = "model.layers." + layer + ".";
        String prefix = block + "self_attn.";
        boolean lora = mla.qLoraRank() > 0;
        double latentEps = MultiHeadLatentAttention.LATENT_EPS;
        ThreadTeam team = gemm.team();
        this.gemm = gemm;
        this.mla = mla;
        this.layer = layer;
        this.shared = shared;
        inputNorm = new NormLayer(
                team, parameters, block + "input_layernorm.weight", model.spec().rmsNormEps());
        String first = prefix + (lora ? "q_a_proj.weight" : "q_proj.weight");
        downProjection = Linear.of(gemm, parameters, first, prefix + "kv_a_proj_with_mqa.weight")
                .packed();
        queryNorm = lora ? new NormLayer(team, parameters, prefix + "q_a_layernorm.weight", latentEps) : null;
        queryProjection =
                lora ? Linear.of(gemm, parameters, prefix + "q_b_proj.weight").packed() : null;
        latentNorm = new NormLayer(team, parameters, prefix + "kv_a_layernorm.weight", latentEps);
        Linear keyValue = Linear.of(gemm, parameters, prefix + "kv_b_proj.weight");
        keyProjection = new PackedLinear[mla.heads()];
        valueProjection = new PackedLinear[mla.heads()];
        for (int h = 0; h < mla.heads(); h++) {
            int key = h * (mla.qkNopeHeadDim() + mla.vHeadDim());
            int value = key + mla.qkNopeHeadDim();
            keyProjection[h] = keyValue.packedBack(key, value);
            valueProjection[h] = keyValue.packed(value, value + mla.vHeadDim());
        }
        outputProjection = Linear.of(gemm, parameters, prefix + "o_proj.weight").packed();
        rank = mla.kvLoraRank();
        width = mla.cacheValuesPerToken();
    }

    void forEachWeight(Consumer<PackedLinear> consumer) {
        consumer.accept(downProjection);
        if (queryProjection != null) {
            consumer.accept(queryProjection);
        }
        List.of(keyProjection).forEach(consumer);
        List.of(valueProjection).forEach(consumer);
        consumer.accept(outputProjection);
    }

    /** Makes room for rows of sequences up to {@code length} tokens. */
    void reserve(int rows, int length) {
        shared.tables.reserve(length);
        for (Scratch own : shared.scratch) {
            own.normed = Workspace.room(own.normed, (long) rows * downProjection.in());
            own.inverse = Workspace.room(own.inverse, rows);
            own.down = Workspace.room(own.down, (long) rows * downProjection.out());
            own.queryLatent = Workspace.room(own.queryLatent, (long) rows * mla.qLoraRank());
            own.query = Workspace.room(own.query, (long) rows * mla.heads() * mla.qkHeadDim());
            own.absorbed = Workspace.room(own.absorbed, (long) rows * mla.heads() * width);
            own.scores = Workspace.room(own.scores, (long) mla.heads() * length);
            own.mixed = Workspace.room(own.mixed, (long) rows * mla.heads() * rank);
            own.output = Workspace.room(own.output, (long) rows * outputProjection.in());
        }
    }

    /**
     * Adds the attention of rows {@code from..to} of x [count, hidden] to them; row i goes to {@code positions[i]} of {@code slots[i]},
     * which has room.
     */
    void run(int worker, int from, int to, int[] slots, int[] positions, LatentCache cache, float[] x) {
        Scratch own = shared.scratch[worker];
        SerialGemm serial = gemm.serial(worker);
        int rows = to - from;
        int hidden = downProjection.in();
        int downWidth = downProjection.out();
        inputNorm.forwardRows(0, rows, x, from * hidden, hidden, own.normed, 0, hidden, own.inverse);
        downProjection.apply(serial, rows, own.normed, 0, hidden, own.down, 0, downWidth, false);
        for (int i = 0; i < rows; i++) {
            newLine(own, i, from + i, positions, cache.lines(layer, slots[from + i]));
        }
        absorb(own, serial, from, to, positions);
        for (int i = 0; i < rows; i++) {
            attend(own, serial, i, positions[from + i] + 1, cache.lines(layer, slots[from + i]));
        }
        int value = mla.vHeadDim();
        int outputWidth = outputProjection.in();
        for (int h = 0; h < mla.heads(); h++) {
            valueProjection[h].apply(
                    serial, rows, own.mixed, h * rank, mla.heads() * rank, own.output, h * value, outputWidth, false);
        }
        outputProjection.apply(serial, rows, own.output, 0, outputWidth, x, from * hidden, hidden, true);
    }

    /** The latent after its norm and the rotated shared key, at the token's position in the cache. */
    private void newLine(Scratch own, int i, int row, int[] positions, float[] lines) {
        RotaryTables tables = shared.tables;
        int downWidth = downProjection.out();
        int at = (i + 1) * downWidth - width;
        int to = positions[row] * width;
        latentNorm.forwardRows(0, 1, own.down, at, downWidth, lines, to, width, own.inverse);
        System.arraycopy(own.down, at + rank, lines, to + rank, mla.qkRopeHeadDim());
        Rotary.rotate(
                row, row + 1, 1, tables.pairs(), lines, to + rank, 0, 0, positions, tables.cos(), tables.sin(), false);
    }

    /** Row i, head h of {@code absorbed}: [q_nope W_k | q_rope]. */
    private void absorb(Scratch own, SerialGemm serial, int from, int to, int[] positions) {
        RotaryTables tables = shared.tables;
        int rows = to - from;
        int nope = mla.qkNopeHeadDim();
        int head = mla.qkHeadDim();
        int heads = mla.heads();
        float[] query = query(own, serial, rows);
        int stride = queryProjection == null ? downProjection.out() : heads * head;
        int at = nope - from * stride;
        Rotary.rotate(
                from, to, heads, tables.pairs(), query, at, stride, head, positions, tables.cos(), tables.sin(), false);
        for (int h = 0; h < heads; h++) {
            keyProjection[h].apply(
                    serial, rows, query, h * head, stride, own.absorbed, h * width, heads * width, false);
            for (int i = 0; i < rows; i++) {
                int rotated = i * stride + h * head + nope;
                int absorbedAt = (i * heads + h) * width + rank;
                System.arraycopy(query, rotated, own.absorbed, absorbedAt, mla.qkRopeHeadDim());
            }
        }
    }

    private float[] query(Scratch own, SerialGemm serial, int rows) {
        if (queryNorm == null || queryProjection == null) {
            return own.down;
        }
        int lora = mla.qLoraRank();
        queryNorm.forwardRows(0, rows, own.down, 0, downProjection.out(), own.queryLatent, 0, lora, own.inverse);
        queryProjection.apply(serial, rows, own.queryLatent, 0, lora, own.query, 0, queryProjection.out(), false);
        return own.query;
    }

    private void attend(Scratch own, SerialGemm serial, int i, int length, float[] lines) {
        int heads = mla.heads();
        float[] p = own.scores;
        serial.nt(heads, length, width, own.absorbed, i * heads * width, width, lines, 0, width, p, 0, length, false);
        for (int h = 0; h < heads; h++) {
            Softmax.row(length, shared.tables.softmaxScale(), p, h * length);
        }
        serial.nn(heads, rank, length, p, 0, length, lines, 0, width, own.mixed, i * heads * rank, rank, false);
    }
}
