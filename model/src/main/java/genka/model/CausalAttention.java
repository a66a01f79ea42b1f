package genka.model;

import genka.catalog.AttentionSpec;
import genka.kernel.AlignedFloats;
import genka.kernel.CausalSoftmax;
import genka.kernel.Gemm;
import genka.kernel.PackedMatrix;
import genka.kernel.Rows;
import genka.kernel.SerialGemm;
import genka.kernel.Vectors;

/**
 * Softmax attention of the expanded form, one (sequence, head) at a time on one thread, in tiles of query rows that see only the keys
 * before them. The key of a head is [k_nope | k_rope], its rotary half shared by all heads. No probabilities are kept: the backward
 * computes them again from the scores and one number a row (FlashAttention, arXiv 2205.14135 §3.1).
 */
final class CausalAttention {
    /** Query rows of a tile, a multiple of all vector lengths: each tile computes the scores up to its last row's diagonal. */
    private static final int TILE = 32;

    /** Query rows whose probabilities and gradients the backward holds at once. */
    private static final int SLAB = 128;

    /** What one worker needs for one head. */
    private static final class Scratch {
        private final float[] inverseSums = new float[TILE];
        private final float[] dots = new float[TILE];
        private float[] keys = {};
        private float[] keyGradients = {};
        private float[] scores = {};
        private float[] dScores = {};
        private PackedMatrix[] packedKeys = {};
        private PackedMatrix[] packedValues = {};
    }

    private final Gemm gemm;
    private final int heads;
    private final int nope;
    private final int rope;
    private final int width;
    private final int value;
    private final int latentWidth;
    private final int ldkv;
    private final int ldo;
    private final Scratch[] scratch;

    private RaggedRows rows = new RaggedRows();
    private float softmaxScale;
    private float[] q = {};
    private int ldq;
    private float[] latent = {};
    private float[] kv = {};
    private float[] output = {};
    private float[] logSums = {};
    private float[] dOutput = {};
    private float[] dq = {};
    private float[] dkv = {};
    private float[] headRopeKeys = {};

    CausalAttention(Gemm gemm, AttentionSpec.Mla mla) {
        this.gemm = gemm;
        this.heads = mla.heads();
        this.nope = mla.qkNopeHeadDim();
        this.rope = mla.qkRopeHeadDim();
        this.width = mla.qkHeadDim();
        this.value = mla.vHeadDim();
        this.latentWidth = mla.cacheValuesPerToken();
        this.ldkv = heads * (nope + value);
        this.ldo = heads * value;
        this.scratch = new Scratch[gemm.team().threads()];
        for (int i = 0; i < scratch.length; i++) {
            scratch[i] = new Scratch();
        }
    }

    /** Rows that an array of keys and values must have for {@code count} rows: a last tile reads whole. */
    static int paddedRows(int count) {
        return Math.addExact(count, TILE);
    }

    /**
     * What the heads work on: q [rows, ldq], rotated; latent [rows, kvLora + rope], whose last part is the rotated shared key; kv [padded
     * rows, heads * (nope + value)]; output [rows, heads * value]; logSums [rows, heads].
     */
    void begin(
            RaggedRows rows,
            float scale,
            float[] q,
            int ldq,
            float[] latent,
            float[] kv,
            float[] output,
            float[] logSums) {
        this.rows = rows;
        this.softmaxScale = scale;
        this.q = q;
        this.ldq = ldq;
        this.latent = latent;
        this.kv = kv;
        this.output = output;
        this.logSums = logSums;
        int length = whole(rows.longest());
        for (Scratch own : scratch) {
            own.keys = Workspace.room(own.keys, (long) length * width);
            own.scores = Workspace.room(own.scores, (long) Math.min(SLAB, length) * length);
            own.packedKeys = packs(own.packedKeys, length / TILE, width);
            own.packedValues = packs(own.packedValues, length / TILE, value);
        }
    }

    /** After {@link #begin}: gradients from that of the output: dq as q, dkv as kv, and those of the rotated key by head, [rows, heads * rope]. */
    void beginBackward(float[] dOutput, float[] dq, float[] dkv, float[] headRopeKeys) {
        this.dOutput = dOutput;
        this.dq = dq;
        this.dkv = dkv;
        this.headRopeKeys = headRopeKeys;
        int length = whole(rows.longest());
        for (Scratch own : scratch) {
            own.keyGradients = Workspace.room(own.keyGradients, (long) length * width);
            own.dScores = Workspace.room(own.dScores, (long) Math.min(SLAB, length) * length);
        }
    }

    private static int whole(int length) {
        return (length + TILE - 1) / TILE * TILE;
    }

    /** One packed matrix [k, tiles * TILE] for each number of tiles, all in the same room. */
    private static PackedMatrix[] packs(PackedMatrix[] old, int tiles, int k) {
        if (old.length > tiles) {
            return old;
        }
        PackedMatrix[] packs = new PackedMatrix[tiles + 1];
        AlignedFloats room = new AlignedFloats(PackedMatrix.size(k, tiles * TILE));
        for (int i = 0; i <= tiles; i++) {
            packs[i] = new PackedMatrix(k, i * TILE, room, 0);
        }
        return packs;
    }

    private int keyAt(int row, int head) {
        return row * ldkv + head * (nope + value);
    }

    private int valueAt(int row, int head) {
        return keyAt(row, head) + nope;
    }

    /** The keys of a head; packed for several tiles, for one they are read from {@code own.keys}, which holds them in rows. */
    private PackedMatrix keys(Scratch own, int first, int length, int head) {
        Rows.copy(length, nope, kv, keyAt(first, head), ldkv, own.keys, 0, width);
        Rows.copy(length, rope, latent, (first + 1) * latentWidth - rope, latentWidth, own.keys, nope, width);
        return packed(own.packedKeys, length, own.keys, 0, width);
    }

    private static PackedMatrix packed(PackedMatrix[] packs, int length, float[] lines, int at, int ld) {
        PackedMatrix packed = packs[whole(length) / TILE];
        if (length > TILE) {
            packed.packTransposed(lines, at, ld);
        }
        return packed;
    }

    /** Products of a tile's {@code rows} with the {@code lines} (keys or values) that its last row sees, or with the whole tile's. */
    private static void scores(
            SerialGemm serial,
            int rows,
            int columns,
            float[] x,
            int xAt,
            int ldx,
            int length,
            float[] lines,
            int linesAt,
            int ldl,
            PackedMatrix packed,
            float[] scores,
            int at,
            int ld) {
        if (length > TILE) {
            serial.packedColumns(rows, columns, x, xAt, ldx, packed, scores, at, ld, false);
        } else {
            serial.nt(rows, length, packed.k(), x, xAt, ldx, lines, linesAt, ldl, scores, at, ld, false);
        }
    }

    /** Inside a task: the output of one head of one sequence. */
    void forwardHead(int worker, int sequence, int head) {
        Scratch own = scratch[worker];
        SerialGemm serial = gemm.serial(worker);
        int length = rows.length(sequence);
        int first = rows.start(sequence);
        int ld = whole(length);
        int valueAt = valueAt(first, head);
        PackedMatrix keys = keys(own, first, length, head);
        for (int from = 0; from < length; from += TILE) {
            int to = Math.min(length, from + TILE);
            int columns = from + TILE;
            int row = first + from;
            int outputAt = row * ldo + head * value;
            int queryAt = row * ldq + head * width;
            scores(serial, to - from, columns, q, queryAt, ldq, length, own.keys, 0, width, keys, own.scores, 0, ld);
            CausalSoftmax.forward(
                    from,
                    to,
                    columns,
                    softmaxScale,
                    own.scores,
                    0,
                    ld,
                    own.inverseSums,
                    logSums,
                    row * heads + head,
                    heads);
            serial.nn(to - from, value, to, own.scores, 0, ld, kv, valueAt, ldkv, output, outputAt, ldo, false);
            for (int r = 0; r < to - from; r++) {
                Vectors.scale(value, own.inverseSums[r], output, outputAt + r * ldo);
            }
        }
    }

    /** Inside a task: the gradients of one head of one sequence. Slabs from the last one: it reaches all keys, so it writes where others add. */
    void backwardHead(int worker, int sequence, int head) {
        Scratch own = scratch[worker];
        int length = rows.length(sequence);
        int first = rows.start(sequence);
        PackedMatrix keys = keys(own, first, length, head);
        int valueAt = valueAt(first, head);
        PackedMatrix values = packed(own.packedValues, length, kv, valueAt, ldkv);
        int last = Math.max(0, length - 1) / SLAB * SLAB;
        for (int from = last; from >= 0 && from < length; from -= SLAB) {
            int to = Math.min(length, from + SLAB);
            for (int tile = from; tile < to; tile += TILE) {
                backwardTile(worker, keys, values, first, length, head, from, tile, Math.min(to, tile + TILE));
            }
            keyGradients(worker, first, length, head, from, to, to < length);
        }
        int keyAt = keyAt(first, head);
        Rows.copy(length, nope, own.keyGradients, 0, width, dkv, keyAt, ldkv);
        Rows.copy(
                length, rope, own.keyGradients, nope, width, headRopeKeys, (first * heads + head) * rope, heads * rope);
    }

    /** Probabilities of the tile's rows, the gradients of their scores and of their queries. */
    private void backwardTile(
            int worker,
            PackedMatrix keys,
            PackedMatrix values,
            int first,
            int length,
            int head,
            int slab,
            int from,
            int to) {
        Scratch own = scratch[worker];
        SerialGemm serial = gemm.serial(worker);
        int ld = whole(length);
        int at = (from - slab) * ld;
        int columns = from + TILE;
        int row = first + from;
        int queryAt = row * ldq + head * width;
        int outputAt = row * ldo + head * value;
        int valueAt = valueAt(first, head);
        scores(serial, to - from, columns, q, queryAt, ldq, length, own.keys, 0, width, keys, own.scores, at, ld);
        scores(
                serial,
                to - from,
                columns,
                dOutput,
                outputAt,
                ldo,
                length,
                kv,
                valueAt,
                ldkv,
                values,
                own.dScores,
                at,
                ld);
        for (int r = 0; r < to - from; r++) {
            own.dots[r] = Vectors.dot(value, output, outputAt + r * ldo, dOutput, outputAt + r * ldo);
        }
        CausalSoftmax.backward(
                from,
                to,
                columns,
                softmaxScale,
                own.scores,
                own.dScores,
                at,
                ld,
                logSums,
                row * heads + head,
                heads,
                own.dots);
        serial.nn(to - from, width, to, own.dScores, at, ld, own.keys, 0, width, dq, queryAt, ldq, false);
    }

    /** What the rows {@code from..to} give to keys and values: all rows to those before {@code from}, the rest from the diagonal on. */
    private void keyGradients(int worker, int first, int length, int head, int from, int to, boolean add) {
        int ld = whole(length);
        if (from > 0) {
            keyGradients(worker, first, head, 0, from, from, to, 0, ld, add);
        }
        for (int key = from; key < to; key += TILE) {
            keyGradients(worker, first, head, key, Math.min(to, key + TILE), key, to, (key - from) * ld, ld, add);
        }
    }

    private void keyGradients(
            int worker, int first, int head, int fromKey, int toKey, int from, int to, int at, int ld, boolean add) {
        Scratch own = scratch[worker];
        SerialGemm serial = gemm.serial(worker);
        int valueAt = valueAt(first + fromKey, head);
        int row = first + from;
        int outputAt = row * ldo + head * value;
        int queryAt = row * ldq + head * width;
        int keyAt = at + fromKey;
        serial.tn(
                toKey - fromKey,
                value,
                to - from,
                own.scores,
                keyAt,
                ld,
                dOutput,
                outputAt,
                ldo,
                dkv,
                valueAt,
                ldkv,
                add);
        serial.tn(
                toKey - fromKey,
                width,
                to - from,
                own.dScores,
                keyAt,
                ld,
                q,
                queryAt,
                ldq,
                own.keyGradients,
                fromKey * width,
                width,
                add);
    }
}
